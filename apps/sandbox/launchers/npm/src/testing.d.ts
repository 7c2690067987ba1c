/** The app of the built-in seed, and its registered number. */
export declare const SEED: Readonly<{
  appId: string;
  appSecret: string;
  verifyToken: string;
  phoneNumberId: string;
  wabaId: string;
}>;

/** The options of a sandbox for a test. */
export interface SandboxOptions {
  /** The program. By default it is found as `npx wabakit-sandbox` finds it. */
  binary?: string;
  /** A free port by default. */
  port?: number;
  /** A seed in the documented form, instead of the built-in one. */
  seed?: object;
  /** The Meta app, instead of the seed's. */
  app?: { id: string; secret: string; callbackUrl?: string; verifyToken?: string };
  /** A folder with further scenarios. */
  scenarios?: string;
  /** Record calls for `har()`. */
  har?: boolean;
  /** The log filter: `warn` by default. */
  log?: string;
  /** How long to wait for the start: 10,000 by default. */
  timeoutMs?: number;
}

/** A call of the control API that was refused. */
export declare class SandboxError extends Error {
  readonly status: number;
}

/** Starts a sandbox, and waits until it answers. */
export declare function startSandbox(options?: SandboxOptions): Promise<Sandbox>;

/** A running sandbox. */
export declare class Sandbox {
  private constructor();
  /** `http://127.0.0.1:<port>`: in place of `https://graph.facebook.com`. */
  readonly baseUrl: string;
  /** Calls the control API: `path` is below `/_sandbox/`. Returns its JSON. */
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<any>;
  /** Issues an access token that does not expire. */
  token(order?: object): Promise<string>;
  /** Sends the webhooks of an app (the first one) and of a WABA to a callback. */
  subscribe(callbackUrl: string, options?: { appId?: string; verifyToken?: string; wabaId?: string }): Promise<void>;
  /** Writes a customer's message, a text unless it says another type. */
  write(customer: string, message: string | object): Promise<any>;
  /** Plays a scenario to its end. */
  play(name: string, parameters?: Record<string, string | number | boolean>): Promise<any>;
  /** Waits until no webhook is on its way or due. */
  settle(timeoutMs?: number): Promise<void>;
  /** Returns the accepted messages, oldest first. */
  sent(): Promise<any[]>;
  /** Returns the Graph calls, oldest first. */
  calls(): Promise<any[]>;
  /** Returns the recorded calls as a HAR. Start with `har: true`. */
  har(): Promise<any>;
  /** Returns to the seed. */
  reset(): Promise<void>;
  /** Stops the sandbox and removes its folder. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
