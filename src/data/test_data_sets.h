#pragma once

#include <span>

#include "base/error.h"
#include "data/array_files.h"
#include "model/graph.h"

namespace quantrail {

/// ONNX's test data beside a model: the folders test_data_set_* in spec.path, in the order of their numbers. In each,
/// input_0.pb, ... hold the network's inputs, by name when all bear names of inputs, else by position; output_0.pb, in
/// all folders or none, what the first output should be. The first axis of all tensors of a folder counts its samples;
/// where the network takes whole samples (see takes_whole_samples()) a folder is one. Read into memory, no further than
/// spec.limit asks for. Errors: InvalidInput, Unsupported, naming the file.
[[nodiscard]] Result<ArrayFiles> open_test_data_sets(const DataSpec& spec, std::span<const ValueInfo> inputs);

}  // namespace quantrail
