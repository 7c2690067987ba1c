//! Adapters that nest forms in each other: serde's `remote` does not implement `Serialize`, so options, lists and boxes
//! of forms need them.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The stored form of a value of another crate.
pub(crate) trait Form {
    type Value;

    fn write<S: Serializer>(value: &Self::Value, to: S) -> Result<S::Ok, S::Error>;
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Value, D::Error>;
}

/// Implements [`Form`] with the functions that serde's `remote` derives.
macro_rules! forms {
    ($($form:ty: $value:ty),* $(,)?) => {$(
        impl $crate::form::Form for $form {
            type Value = $value;

            fn write<S: serde::Serializer>(value: &$value, to: S) -> Result<S::Ok, S::Error> {
                <$form>::serialize(value, to)
            }
            fn read<'de, D: serde::Deserializer<'de>>(from: D) -> Result<$value, D::Error> {
                <$form>::deserialize(from)
            }
        }
    )*};
}
pub(crate) use forms;

/// A value that is written in a form.
pub(crate) struct Ref<'a, F: Form>(pub(crate) &'a F::Value);

impl<F: Form> Serialize for Ref<'_, F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        F::write(self.0, to)
    }
}

/// A value that was read in a form.
pub(crate) struct Own<F: Form>(pub(crate) F::Value);

impl<'de, F: Form> Deserialize<'de> for Own<F> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        F::read(from).map(Self)
    }
}

/// The form of a value that may be missing.
pub(crate) struct Opt<F>(PhantomData<F>);
/// The form of a list.
pub(crate) struct Many<F>(PhantomData<F>);
/// The form of a value in a box.
pub(crate) struct Boxed<F>(PhantomData<F>);

impl<F: Form> Opt<F> {
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<F::Value>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Ref::<F>).serialize(to)
    }
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<F::Value>, D::Error> {
        let read: Option<Own<F>> = Deserialize::deserialize(from)?;
        Ok(read.map(|own| own.0))
    }
}

impl<F: Form> Many<F> {
    pub(crate) fn serialize<S: Serializer>(values: &[F::Value], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(Ref::<F>))
    }
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<F::Value>, D::Error> {
        let read: Vec<Own<F>> = Deserialize::deserialize(from)?;
        Ok(read.into_iter().map(|own| own.0).collect())
    }
}

impl<F: Form> Form for Many<F> {
    type Value = Vec<F::Value>;

    fn write<S: Serializer>(values: &Self::Value, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(values, to)
    }
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Value, D::Error> {
        Self::deserialize(from)
    }
}

impl<F: Form> Boxed<F> {
    pub(crate) fn serialize<S: Serializer>(value: &F::Value, to: S) -> Result<S::Ok, S::Error> {
        F::write(value, to)
    }
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Box<F::Value>, D::Error> {
        F::read(from).map(Box::new)
    }
}

impl<F: Form> Form for Boxed<F> {
    type Value = Box<F::Value>;

    fn write<S: Serializer>(value: &Self::Value, to: S) -> Result<S::Ok, S::Error> {
        F::write(value, to)
    }
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self::Value, D::Error> {
        Self::deserialize(from)
    }
}
