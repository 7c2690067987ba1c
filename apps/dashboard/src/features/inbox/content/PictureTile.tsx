import { Button, Loader, Skeleton, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import type { MediaFile } from "../../../api/types";
import classes from "./Content.module.css";
import { mediaAddress } from "./media";
import { usePicture } from "./usePicture";

interface PictureTileProps {
  /** The file of a picture. It is stored, or being fetched from Meta. */
  media: MediaFile;
  /** The name of the picture: "picture 2 of 5". */
  name: string;
  /** What else there is to know of its message: its time and its tick. */
  note: string;
  /** The number of pictures that this tile stands for, its own included, where it stands for more than one. */
  covers: number | undefined;
  /** Opens the picture large. Without it there is nothing to open yet. */
  onView: (() => void) | undefined;
}

/** Shows a picture as one square of a grid, in the file's present state. */
export function PictureTile(props: PictureTileProps) {
  const { media, name, covers } = props;
  if (media.state === "stored") return <StoredTile {...props} />;
  if (covers !== undefined) return <OpenTile {...props} />;
  return (
    <div className={classes.tile} role="status" aria-label={`Fetching ${name} from Meta`} data-media="pending">
      <Loader size="sm" />
    </div>
  );
}

function StoredTile(props: PictureTileProps) {
  const { media, name, covers } = props;
  const { isLoading, hasFailed, retry, image } = usePicture(media);
  if (hasFailed && covers === undefined) {
    return (
      <div className={classes.tile} data-media="failed">
        Could not be loaded
        <Button size="compact-xs" variant="default" aria-label={`Try again: ${name}`} onClick={retry}>
          Try again
        </Button>
        <Button size="compact-xs" variant="default" component="a" aria-label={`Download ${name}`} href={mediaAddress(media.id)} download>
          Download
        </Button>
      </div>
    );
  }
  return (
    <OpenTile {...props}>
      {isLoading && <Skeleton pos="absolute" inset={0} height="100%" />}
      {!hasFailed && <img {...image} alt="" />}
    </OpenTile>
  );
}

function OpenTile({ name, note, covers, onView, children }: PictureTileProps & { children?: ReactNode }) {
  return (
    <UnstyledButton
      className={classes.tile ?? ""}
      disabled={!onView}
      onClick={onView}
      title={note}
      aria-label={`${covers === undefined ? "Open" : `+${covers}: open`} ${name}, ${note}`}
    >
      {children}
      {covers !== undefined && <span className={classes.covered}>+{covers}</span>}
    </UnstyledButton>
  );
}
