#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/byte_source.h"
#include "model/tensor.h"

namespace quantrail {

/// A NumPy array file, versions 1 to 3 of its format: row-major, little endian, plain numbers.
/// The format is public: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NpyArray {
  std::string name{};  ///< for messages: the file, or archive and entry
  char kind = 'f';     ///< 'f' float, 'i' signed, 'u' unsigned, 'b' bool
  std::size_t item_bytes = 4;
  Shape shape{};
  std::uint64_t data_offset = 0;
  std::shared_ptr<const ByteSource> bytes{};
  std::vector<std::string> row_names{};  ///< for messages, where rows come from several files; empty: by number

  /// The element type; nothing for those that networks do not take (int16, uint32, ...).
  [[nodiscard]] std::optional<ElementType> type() const;
  /// As NumPy calls it: "float32".
  [[nodiscard]] std::string type_name() const;
  /// Number of samples: the first axis.
  [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(shape.front()); }
  [[nodiscard]] Shape row_shape() const { return {shape.begin() + 1, shape.end()}; }
  [[nodiscard]] std::size_t row_bytes() const;
  /// How messages name row `index`.
  [[nodiscard]] std::string describe(std::size_t index) const;
  /// Fills `out`, row_bytes() long, with row `index`. Errors: InvalidInput naming the array and row.
  [[nodiscard]] Status read_row(std::size_t index, std::span<std::byte> out) const;
};

/// Reads the header and checks it against the size of the source. Errors: InvalidInput naming `name`, also for arrays
/// without a first axis, in Fortran order or big endian; Unsupported for other things than plain numbers.
[[nodiscard]] Result<NpyArray> open_npy(std::shared_ptr<const ByteSource> bytes, std::string name);
[[nodiscard]] Result<NpyArray> open_npy(const std::filesystem::path& path);

/// All elements of an integer array [N] or [N,1]. Errors: InvalidInput for another type or shape and for negative
/// values, naming the row.
[[nodiscard]] Result<std::vector<std::int64_t>> read_labels(const NpyArray& array);

}  // namespace quantrail
