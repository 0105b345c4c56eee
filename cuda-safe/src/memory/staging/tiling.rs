//! A packed order in which tiles of a matrix follow each other: for copies whose two sides have different axes fastest.
//!
//! In the order of one side a piece of some hundred kilobytes is a few long rows; on the other side that is a few bytes
//! from each of very many places. A tile has runs of useful length on both sides.

use std::ops::Range;

/// Matrices of bytes that follow each other in memory, packed tile by tile: the tiles of the first `tile_rows` rows from
/// left to right, then those of the next ones, then the next matrix. The last tiles of either direction are smaller.
///
/// ```
/// use cuda_safe::memory::staging::{Tile, Tiling};
///
/// let tiling = Tiling { rows: 3, row_bytes: 10, tile_rows: 2, tile_bytes: 6 };
/// let mut tiles = Vec::new();
/// tiling.each(0..20, |tile| tiles.push(tile));
/// let left = Tile { row: 0, column: 0, rows: 2, width: 6, at: 0 };
/// let right = Tile { row: 0, column: 6, rows: 2, width: 4, at: 12 };
/// assert_eq!(tiles, [left, right]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// Rows of one matrix, at least 1.
    pub rows: usize,
    /// Bytes of a row, at least 1; the next one follows at once.
    pub row_bytes: usize,
    /// Rows of a tile, at least 1.
    pub tile_rows: usize,
    /// Bytes of a tile's row, at least 1.
    pub tile_bytes: usize,
}

/// Whole rows of a tile, or a part of one row.
///
/// ```
/// use cuda_safe::memory::staging::{Tile, Tiling};
///
/// let tiling = Tiling { rows: 2, row_bytes: 10, tile_rows: 2, tile_bytes: 6 };
/// let mut bytes = 0;
/// tiling.each(0..20, |Tile { rows, width, at, .. }| {
///     assert_eq!(at, bytes);
///     bytes += rows * width;
/// });
/// assert_eq!(bytes, 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The first row, counted over all matrices.
    pub row: usize,
    /// The first byte in each row.
    pub column: usize,
    /// Number of rows.
    pub rows: usize,
    /// Bytes of each row.
    pub width: usize,
    /// Where it begins in the packed range.
    pub at: usize,
}

impl Tiling {
    /// Calls `take` with what makes up a range of the packed order. A field of 0 counts as 1.
    pub fn each(&self, range: Range<usize>, mut take: impl FnMut(Tile)) {
        // Without a callback that fails this cannot.
        let _ = self.try_each(range, |tile| {
            take(tile);
            Ok::<(), std::convert::Infallible>(())
        });
    }

    /// The same until `take` fails.
    ///
    /// # Errors
    /// That of `take`.
    pub fn try_each<E>(
        &self,
        range: Range<usize>,
        mut take: impl FnMut(Tile) -> Result<(), E>,
    ) -> Result<(), E> {
        let [rows, row_bytes, tile_rows, tile_bytes] =
            [self.rows, self.row_bytes, self.tile_rows, self.tile_bytes].map(|field| field.max(1));
        let whole = rows.saturating_mul(row_bytes);
        let mut at = range.start;
        while at < range.end {
            let (matrix, inside) = (at / whole, at % whole);
            let top = inside / tile_rows.saturating_mul(row_bytes) * tile_rows;
            let height = tile_rows.min(rows - top);
            let inside = inside - top * row_bytes;
            let left = inside / height.saturating_mul(tile_bytes) * tile_bytes;
            let width = tile_bytes.min(row_bytes - left);
            let inside = inside - left * height;
            let (row, skipped) = (inside / width, inside % width);
            let bytes = (width.saturating_mul(height) - inside).min(range.end - at);
            let (rows_here, width_here) = if skipped > 0 || bytes < width {
                (1, bytes.min(width - skipped))
            } else {
                (bytes / width, width)
            };
            take(Tile {
                row: matrix * rows + top + row,
                column: left + skipped,
                rows: rows_here,
                width: width_here,
                at: at - range.start,
            })?;
            at += rows_here * width_here;
        }
        Ok(())
    }

    /// Bytes of a whole tile.
    pub fn tile(&self) -> usize {
        self.tile_rows.saturating_mul(self.tile_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_makes_it_panic() {
        for rows in [0, 3, usize::MAX] {
            for tile in [0, 2, usize::MAX] {
                let mut bytes = 0;
                Tiling { rows, row_bytes: rows, tile_rows: tile, tile_bytes: tile }
                    .each(0..20, |tile| bytes += tile.rows * tile.width);
                assert_eq!(bytes, 20, "{rows} {tile}");
            }
        }
    }

    #[test]
    fn every_byte_is_in_one_tile_wherever_ranges_are_cut() {
        for (rows, row_bytes, tile_rows, tile_bytes) in
            [(7, 23, 3, 5), (4, 8, 4, 8), (1, 9, 2, 4), (6, 1, 4, 1), (3, 10, 8, 100)]
        {
            let tiling = Tiling { rows, row_bytes, tile_rows, tile_bytes };
            let bytes = 2 * rows * row_bytes;
            let mut whole = Vec::new();
            tiling.each(0..bytes, |tile| {
                for at in 0..tile.rows * tile.width {
                    whole.push((tile.row + at / tile.width) * row_bytes + tile.column + at % tile.width);
                }
            });
            let mut seen = whole.clone();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..bytes), "{tiling:?}");
            for step in [1, 2, 6, 50] {
                let mut cut = Vec::new();
                for start in (0..bytes).step_by(step) {
                    tiling.each(start..bytes.min(start + step), |tile| {
                        assert_eq!(start + tile.at, cut.len());
                        for at in 0..tile.rows * tile.width {
                            cut.push(
                                (tile.row + at / tile.width) * row_bytes + tile.column + at % tile.width,
                            );
                        }
                    });
                }
                assert_eq!(cut, whole, "{tiling:?} in steps of {step}");
            }
        }
    }
}
