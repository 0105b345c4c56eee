//! Layouts as descriptors in a file or a message: `{"shape": .., "strides": .., "offset": .., "itemsize": ..}`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::descriptor::Layout;

#[derive(Serialize)]
#[serde(rename = "Layout")]
struct Written<'a> {
    shape: &'a [usize],
    strides: &'a [isize],
    offset: isize,
    itemsize: usize,
}

#[derive(Deserialize)]
#[serde(rename = "Layout", deny_unknown_fields)]
struct Read {
    shape: Vec<usize>,
    strides: Vec<isize>,
    offset: isize,
    itemsize: usize,
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (shape, strides) = (self.shape(), self.strides());
        Written { shape, strides, offset: self.offset(), itemsize: self.itemsize() }.serialize(serializer)
    }
}

/// What is read is checked as by [`Layout::strided`].
impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { shape, strides, offset, itemsize } = Read::deserialize(deserializer)?;
        Self::strided(&shape, &strides, offset, itemsize).map_err(D::Error::custom)
    }
}
