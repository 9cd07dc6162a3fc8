#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "export/profile.h"
#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// What a file says about itself; all of it follows from the model's content, so that whoever exports a model gets the
/// same bytes.
struct ExportMetadata {
  Digest base{};  ///< of the model that was quantized (Model::hash)
};

/// Raised when the same model gets other bytes; part of every file.
[[nodiscard]] std::string_view exporter_revision();

struct ExportedModel {
  std::string bytes{};  ///< the ONNX file
  /// Integer layers that ONNX Runtime will compute in float (Lowering::float_in_onnxruntime); of the other profile
  /// none.
  std::vector<std::string> float_in_onnxruntime{};
};

/// The canonical `graph`, quantized, with the groups `reverted` in float, as QDQ ONNX in the form that the runtime of
/// `profile` runs in integers: see qdq.h and qdq_openvino.h.
/// Errors: InvalidInput for a group that `quantization` does not have; Unsupported beyond 2 GiB.
[[nodiscard]] Result<ExportedModel> exported(const Graph& graph, const Quantization& quantization,
                                             const std::set<std::string, std::less<>>& reverted, RevertMode mode,
                                             const ExportMetadata& metadata,
                                             ExportProfile profile = ExportProfile::OnnxRuntime);

}  // namespace quantrail
