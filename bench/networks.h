#pragma once

#include <filesystem>

#include "model/graph.h"
#include "model/quantization.h"
#include "synthetic_images.h"

namespace quantrail::bench {

/// One network in the two forms that are timed, each also as the file that ONNX Runtime reads.
struct Networks {
  Graph graph{};                ///< canonical, as our runtime takes it
  Quantization quantization{};  ///< by the project's own calibration: uint8 activations
  std::filesystem::path float_file{};
  std::filesystem::path int8_file{};
};

/// Writes both files into `folder`. The float file is read back by the project's own importer, so that what is timed is
/// what a user's file gives.
[[nodiscard]] Result<Networks> prepared(const Graph& network, const SyntheticImages& calibration,
                                        const std::filesystem::path& folder);

}  // namespace quantrail::bench
