//! Rules of the connect service.
