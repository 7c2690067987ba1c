/** Shows JSON as text. It scrolls by itself, so the keyboard can reach it. */
export function RawJson({ text, label, revealed = false }: { text: string; label: string; revealed?: boolean }) {
  return (
    <pre className="wk-raw" role="region" tabIndex={0} aria-label={label} data-revealed={revealed || undefined}>
      {text}
    </pre>
  );
}
