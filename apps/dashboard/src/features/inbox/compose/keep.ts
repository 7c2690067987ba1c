/** Keeps unsent words in the browser's storage. Where that is closed, the page keeps them while it is open. */
export interface Keep {
  read: (key: string) => string | null;
  write: (key: string, value: string) => void;
  drop: (key: string) => void;
  keys: () => string[];
}

const memory = new Map<string, string>();

export const keep: Keep = {
  read(key) {
    if (memory.has(key)) return memory.get(key) ?? null;
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, value);
      memory.delete(key);
    } catch {
      memory.set(key, value);
    }
  },
  drop(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // The storage is closed, so it never held it.
    }
  },
  keys() {
    try {
      return [...new Set([...Object.keys(localStorage), ...memory.keys()])];
    } catch {
      return [...memory.keys()];
    }
  },
};

let scope = "nobody";

/** Selects the owner of the kept words: each person and organisation on this computer has their own. */
export function setScope(userId: string, orgId: string): void {
  scope = `${userId}.${orgId}`;
}

export const draftKey = (conversationId: string) => `wabakit.draft.${scope}.${conversationId}`;
export const outboxPrefix = () => `wabakit.outbox.${scope}.`;
