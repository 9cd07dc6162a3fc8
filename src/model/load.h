#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "model/graph.h"

namespace quantrail {

/// A model as it came from disk.
struct Model {
  std::filesystem::path path{};
  Digest hash{};                              ///< of the file's bytes and those of its external data files
  std::uint64_t bytes = 0;                    ///< size of the file and its external data
  std::vector<std::string> external_files{};  ///< locations of its external data below the model's folder, sorted
  std::int64_t source_opset = 0;
  std::int64_t ir_version = 0;
  Graph graph{};                     ///< as loaded: upgraded to opset >= 13, nothing folded yet
  std::vector<std::string> notes{};  ///< what was assumed or could not be checked, one sentence each
};

/// Reads an ONNX file (external data included): opset 1 to 25 of the default domain, and operators that ONNX Runtime's
/// quantizer and optimiser write in its own. These, and those of the newest opsets that stand for several, become
/// ordinary operators (expanders.h). Functions that the model defines are inlined, and
/// of an If whose condition shapes and constants decide the branch that is taken stays. Unnamed nodes are named after
/// their first output, equal names get "_2", "_3", ... libonnx's checker runs where it applies (IR <= 8 and opset <=
/// 17). Nothing in the file is trusted: sizes, offsets and dimensions are checked before use; external data must lie
/// below the model's folder. Errors: InvalidInput (missing, truncated, not ONNX, inconsistent), Unsupported (opset,
/// element type, foreign domain, control flow), each naming the file and the node or tensor.
[[nodiscard]] Result<Model> load_model(const std::filesystem::path& path);

/// The same for a file's bytes: no path, no external data, and errors name no file.
[[nodiscard]] Result<Model> parsed_model(std::string content);

}  // namespace quantrail
