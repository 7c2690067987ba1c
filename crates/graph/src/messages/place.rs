//! Locations.

use serde_json::Map;

use super::object::{json_object, text};

json_object! {
    /// A location.
    pub struct Place;
}

impl Place {
    /// Creates a location by its degrees north and east.
    pub fn at(latitude: f64, longitude: f64) -> Self {
        Self(Map::new())
            .set("latitude", latitude)
            .set("longitude", longitude)
    }

    /// Sets the name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set("name", text(name))
    }

    /// Sets the address.
    pub fn address(self, address: impl Into<String>) -> Self {
        self.set("address", text(address))
    }
}
