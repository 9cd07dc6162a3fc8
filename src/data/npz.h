#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "data/npy.h"

namespace quantrail {

/// The arrays of a NumPy archive (stored or deflated) by name without ".npy", read into memory.
/// Errors: InvalidInput when it is no archive, is damaged, or holds something else than arrays.
[[nodiscard]] Result<std::map<std::string, NpyArray>> open_npz(const std::filesystem::path& path);

}  // namespace quantrail
