#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/error.h"
#include "config/config.h"
#include "model/graph.h"

namespace quantrail::app {

/// What samples are for, where one file holds some for either.
enum class Side { Calibration, Validation };

/// What kind of data lies at `path`, for a network with `inputs`: images in a folder, a list or COCO annotations,
/// CIFAR-10 batches, MNIST's files, ONNX's test data, NumPy arrays (one file, one for each input, or a folder with one
/// for each sample), by its name and, of arrays, its header.
/// `labels`: a .npy file with labels or targets, or empty; of arrays, one beside `path` is found by its name.
/// Errors: InvalidInput when there is nothing, or nothing that is read.
[[nodiscard]] Result<DataSpec> guessed_data(const std::filesystem::path& path, const std::filesystem::path& labels,
                                            std::span<const ValueInfo> inputs, Side side);

}  // namespace quantrail::app
