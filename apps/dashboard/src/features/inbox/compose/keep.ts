/** What a browser keeps of a person's unsent words; where it keeps nothing, the page does as long as it is open. */
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
      // It was never kept.
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

/** Whose words they are: another person on this computer, or another organisation, has their own. */
export function setScope(userId: string, orgId: string): void {
  scope = `${userId}.${orgId}`;
}

export const draftKey = (conversationId: string) => `wabakit.draft.${scope}.${conversationId}`;
export const outboxPrefix = () => `wabakit.outbox.${scope}.`;
