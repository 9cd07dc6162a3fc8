#include "export/export.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "export/onnx_bytes.h"
#include "export/qdq.h"
#include "export/qdq_openvino.h"
#include "model/product_bias.h"
#include "model/weight_edits.h"

namespace quantrail {
namespace {

// Raised when the same quantization is written differently.
constexpr std::string_view kExporterRevision = "1";

Status check_groups(const Quantization& quantization, const std::set<std::string, std::less<>>& reverted) {
  std::vector<std::string> known;
  for (const auto& group : quantization.groups) known.push_back(group.name);
  for (const auto& name : reverted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return fail(Cause::InvalidInput, "the quantized model has no layer '{}'{}", printable(name),
                did_you_mean(name, known));
  }
  return {};
}

/// What is added behind the products that run in integers, corrected.
Graph with_corrected_sums(Graph graph, const Quantization& quantization, const Lowering& lowering) {
  const GraphIndex index(graph);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const auto edit = quantization.bias_edits.find(graph.nodes[at].name);
    if (edit != quantization.bias_edits.end() && lowering.nodes[at].integer)
      shift_addend(graph, index, at, edit->second);
  }
  return graph;
}

std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string_view exporter_revision() { return kExporterRevision; }

Result<ExportedModel> exported(const Graph& graph, const Quantization& quantization,
                               const std::set<std::string, std::less<>>& reverted, RevertMode mode,
                               const ExportMetadata& metadata, ExportProfile profile) {
  if (const auto known = check_groups(quantization, reverted); !known) return failed(known);
  const Graph before = edited(graph, quantization);
  const Lowering lowering = lowered(before, &quantization, reverted, mode);
  const Graph changed = with_corrected_sums(before, quantization, lowering);
  std::map<std::string, std::string> properties{{"quantrail.base_sha256", metadata.base.hex()},
                                                {"quantrail.exporter_revision", std::string(kExporterRevision)},
                                                {"quantrail.quantization_sha256", quantization.digest().hex()},
                                                {"quantrail.revert_mode", std::string(name_of(mode))},
                                                {"quantrail.reverted", json_text(reverted)}};
  const bool openvino = profile == ExportProfile::OpenVino;
  // The default is left out: its bytes are what iterations are known by.
  if (openvino) properties["quantrail.profile"] = name_of(profile);
  auto bytes = onnx_bytes(
      openvino ? with_pair_per_reader(changed, quantization, lowering) : with_qdq(changed, quantization, lowering),
      properties);
  if (!bytes) return failed(bytes);
  return ExportedModel{std::move(*bytes), openvino ? std::vector<std::string>{} : lowering.float_in_onnxruntime};
}

}  // namespace quantrail
