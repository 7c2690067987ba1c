import qrcode from "qrcode-generator";

const QUIET = 4;

/** Draws a QR code. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const side = count + 2 * QUIET;
  const cells = Array.from({ length: count * count }, (_, at) => [at % count, Math.floor(at / count)] as const);
  const path = cells.filter(([x, y]) => code.isDark(y, x)).map(([x, y]) => `M${x + QUIET} ${y + QUIET}h1v1h-1z`);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} width={200} height={200} shapeRendering="crispEdges">
      <rect width={side} height={side} fill="#fff" />
      <path d={path.join("")} fill="#000" />
    </svg>
  );
}
