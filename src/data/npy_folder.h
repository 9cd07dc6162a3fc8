#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "data/npy.h"

namespace quantrail {

struct NpyFolder {
  NpyArray array{};                            ///< its row i is what file i holds
  std::vector<std::filesystem::path> files{};  ///< sorted by the bytes of their names
};

/// The .npy files in `folder`, a sample each, all of one type and shape; hidden ones are skipped. They are opened when
/// they are read, and must not have changed. With `paired`, other data says something of each in their order: names
/// that have another order when numbers in them are read as such are then refused. Errors: InvalidInput, naming the
/// file.
[[nodiscard]] Result<NpyFolder> open_npy_folder(const std::filesystem::path& folder, bool paired);

}  // namespace quantrail
