import { useState, type SyntheticEvent } from "react";
import type { MediaFile } from "../../../api/types";
import { mediaAddress } from "./media";

/** The sizes of the pictures that were loaded, so that one that is drawn again takes its place at once. */
const sizes = new Map<string, { width: number; height: number }>();
const MOST_SIZES = 2000;

function rememberSize(id: string, { naturalWidth: width, naturalHeight: height }: HTMLImageElement): void {
  if (sizes.size >= MOST_SIZES) sizes.clear();
  sizes.set(id, { width, height });
}

/** Follows the loading of a stored picture by the browser. `image` holds the attributes of the `img`. */
export function usePicture(media: MediaFile) {
  const [state, setState] = useState<"loading" | "here" | "failed">("loading");
  const [attempt, setAttempt] = useState(0);
  const size = sizes.get(media.id);
  const isLoading = state === "loading" && !size;
  return {
    size,
    isLoading,
    hasFailed: state === "failed",
    retry: () => {
      setAttempt((before) => before + 1);
      setState("loading");
    },
    image: {
      // Another address at each try, so that the browser really asks again.
      src: attempt === 0 ? mediaAddress(media.id) : `${mediaAddress(media.id)}?try=${attempt}`,
      onLoad: (event: SyntheticEvent<HTMLImageElement>) => {
        rememberSize(media.id, event.currentTarget);
        setState("here");
      },
      onError: () => setState("failed"),
      "data-state": isLoading ? "loading" : "here",
    },
  };
}
