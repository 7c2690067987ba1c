/** The line of the mark: a message's path through a knot. */
export const LOGO_PATH = "M7 11l4.2 10 4.8-9 4.8 9L25 11";
