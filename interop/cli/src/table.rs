//! Columns of text for people.

/// How the entries of a column stand.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Lines that begin with `indent`, whose columns are as wide as their widest entry, two spaces apart.
pub(crate) fn aligned<const N: usize>(indent: &str, columns: [Align; N], rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, entry) in widths.iter_mut().zip(row) {
            *width = (*width).max(entry.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let entries = row.iter().zip(columns).zip(widths).map(|((entry, align), width)| match align {
            Align::Left => format!("{entry:<width$}"),
            Align::Right => format!("{entry:>width$}"),
        });
        let line = entries.collect::<Vec<_>>().join("  ");
        text.push_str(indent);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The same for any number of columns, of which the first stands on the left and the others on the right.
pub(crate) fn table(indent: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let entries = row.iter().zip(&widths).enumerate().map(|(column, (entry, &width))| match column {
            0 => format!("{entry:<width$}"),
            _ => format!("{entry:>width$}"),
        });
        let line = entries.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("{indent}{}\n", line.trim_end()));
    }
    text
}

/// A number of bytes with thousands set off.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things.
pub(crate) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A size in the largest unit that it has at least one of, to the nearest one.
pub(crate) fn size(bytes: usize) -> String {
    let (power, unit) = match bytes {
        0..1024 => return format!("{bytes} B"),
        1024..0x10_0000 => (10, "KiB"),
        0x10_0000..0x4000_0000 => (20, "MiB"),
        _ => (30, "GiB"),
    };
    format!("{:.0} {unit}", bytes as f64 / f64::from(1u32 << power))
}

/// A size in GiB with one decimal.
pub(crate) fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_entry_and_nothing_trails() {
        let row = |a: &str, b: &str, c: &str| [a, b, c].map(str::to_owned);
        let rows = [row("long name", "1", "end"), row("n", "200", "")];
        assert_eq!(
            aligned("  ", [Align::Left, Align::Right, Align::Left], &rows),
            "  long name    1  end\n  n          200\n"
        );
    }

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        let sizes = [0, 1023, 4096, 1 << 20, 99_532_800, 1 << 30];
        assert_eq!(sizes.map(size), ["0 B", "1023 B", "4 KiB", "1 MiB", "95 MiB", "1 GiB"]);
    }

    #[test]
    fn a_table_has_as_many_columns_as_its_longest_row() {
        let rows = [vec!["a".to_owned(), "10".to_owned()], vec!["bb".to_owned()]];
        assert_eq!(table("", &rows), "a   10\nbb\n");
    }

    #[test]
    fn thousands_are_set_off() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
