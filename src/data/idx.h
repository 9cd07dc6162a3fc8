#pragma once

#include <filesystem>

#include "base/error.h"
#include "data/npy.h"

namespace quantrail {

/// An IDX file, the format of MNIST: two zero bytes, the type of elements, the number of axes, their sizes, elements,
/// all big endian. One compressed with gzip is inflated into memory. Errors: InvalidInput naming the file, also where
/// it holds other than the bytes that its header claims.
[[nodiscard]] Result<NpyArray> open_idx(const std::filesystem::path& path);

}  // namespace quantrail
