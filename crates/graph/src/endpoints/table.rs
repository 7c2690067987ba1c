//! The shape of a small endpoint.

/// Defines an endpoint: its fields, its answer, and its request. A field without a type is a `String`.
macro_rules! endpoint {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident $(: $type:ty)?,)+
        }
        $response:ty: |$this:ident| $request:expr
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: endpoint!(@type $($type)?),)+
        }

        impl $crate::endpoint::Endpoint for $name {
            type Response = $response;
            const NAME: &'static str = stringify!($name);

            fn request(&self) -> $crate::endpoint::Request {
                let $this = self;
                $request
            }
        }
    };
    (@type) => { String };
    (@type $type:ty) => { $type };
}

pub(crate) use endpoint;
