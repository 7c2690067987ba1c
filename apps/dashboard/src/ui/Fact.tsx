import type { ReactNode } from "react";

/** Shows one fact of a list of facts (`<dl className="wk-facts">`). */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
