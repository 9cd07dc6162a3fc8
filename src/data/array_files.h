#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "data/npy.h"
#include "data/open.h"

namespace quantrail {

/// The arrays and labels that a DataSpec which holds_arrays() names.
/// Invariants: at least one array; all arrays and the labels have equally many rows, at least one.
struct ArrayFiles {
  std::map<std::string, NpyArray> arrays{};  ///< by network input; "" for a single one that was not named
  std::optional<std::vector<std::int64_t>> labels{};
  std::string chosen{};  ///< what tells these arrays from others in the same files; empty: there are no others
  std::vector<std::filesystem::path> files{};         ///< that samples and labels are read from, in a fixed order
  std::optional<NpyArray> targets{};                  ///< where the files themselves say what the output should be
  std::vector<std::filesystem::path> target_files{};  ///< that these were read from

  [[nodiscard]] std::size_t rows() const { return arrays.begin()->second.rows(); }
};

/// `inputs` are those of the network, which test data sets are read for. Errors: InvalidInput naming the file, also for
/// missing labels when they are required.
[[nodiscard]] Result<ArrayFiles> open_array_files(const DataSpec& spec, bool labels_required,
                                                  std::span<const ValueInfo> inputs = {});

}  // namespace quantrail
