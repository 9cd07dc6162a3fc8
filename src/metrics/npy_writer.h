#pragma once

#include <filesystem>

#include "base/error.h"
#include "metrics/metric.h"

namespace quantrail {

/// Writes values as a NumPy array file of version 1.0; bfloat16, which NumPy does not know, as float32.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Errors: Storage.
[[nodiscard]] Status write_npy(const std::filesystem::path& path, const OutputView& values);

}  // namespace quantrail
