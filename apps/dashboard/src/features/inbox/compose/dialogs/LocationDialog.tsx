import { Button, Text, TextInput } from "@mantine/core";
import { LocateFixed } from "lucide-react";
import { useState } from "react";
import { location, readPlace } from "../requests";
import { Frame, type FormProps } from "./Dialogs";

export function LocationDialog({ them, onSend }: FormProps) {
  const [where, setWhere] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [refused, setRefused] = useState(false);
  const place = readPlace(where);
  return (
    <Frame
      act={`Send location to ${them}`}
      ready={place !== undefined}
      onSubmit={() => place && onSend(location({ ...place, name: name.trim(), address: address.trim() }))}
    >
      <TextInput
        label="Coordinates, or the address of a map"
        description="Such as 38.7223, -9.1393, or what you copied from OpenStreetMap or Google Maps."
        value={where}
        error={where !== "" && !place && "No place can be read from this."}
        onChange={(event) => setWhere(event.currentTarget.value)}
        data-autofocus
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<LocateFixed size={14} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={() =>
          navigator.geolocation.getCurrentPosition(
            ({ coords }) => {
              setRefused(false);
              setWhere(`${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`);
            },
            () => setRefused(true),
          )
        }
      >
        Use my location
      </Button>
      {refused && (
        <Text size="xs" c="var(--wk-bad)" role="alert">
          The browser does not tell where you are. Write or paste the place instead.
        </Text>
      )}
      <TextInput label="Name" placeholder="Café da Praça" maxLength={1000} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput label="Address" maxLength={1000} value={address} onChange={(event) => setAddress(event.currentTarget.value)} />
    </Frame>
  );
}
