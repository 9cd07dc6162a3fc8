#pragma once

#include <filesystem>

#include "model/graph.h"
#include "model/quantization.h"
#include "network.h"

namespace quantrail::bench {

/// One network in the forms that are timed, each also as the file that ONNX Runtime reads.
struct Prepared {
  const Network* network = nullptr;
  Graph graph{};                ///< canonical, as our runtime takes it
  Quantization quantization{};  ///< by the project's own calibration: uint8 activations
  Graph int8_graph{};           ///< canonical, of the int8 file
  std::filesystem::path float_file{};
  std::filesystem::path int8_file{};
};

/// Writes everything into `folder`. The float file is read back by the project's own importer, so that what is timed is
/// what a user's file gives.
[[nodiscard]] Result<Prepared> prepared(const Network& network, const std::filesystem::path& folder);

/// What prepared() wrote, for another process. Errors: Storage, InvalidInput.
[[nodiscard]] Result<Prepared> reopened(const Network& network, const std::filesystem::path& folder);

}  // namespace quantrail::bench
