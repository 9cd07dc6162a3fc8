#include "export/export.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "export/onnx_bytes.h"
#include "export/qdq.h"
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

std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<ExportedModel> exported(const Graph& graph, const Quantization& quantization,
                               const std::set<std::string, std::less<>>& reverted, RevertMode mode,
                               const ExportMetadata& metadata) {
  if (const auto known = check_groups(quantization, reverted); !known) return failed(known);
  const Graph changed = edited(graph, quantization);
  const Lowering lowering = lowered(changed, &quantization, reverted, mode);
  auto bytes = onnx_bytes(with_qdq(changed, quantization, lowering),
                          {{"quantrail.base_sha256", metadata.base.hex()},
                           {"quantrail.exporter_revision", std::string(kExporterRevision)},
                           {"quantrail.quantization_sha256", quantization.digest().hex()},
                           {"quantrail.revert_mode", std::string(name_of(mode))},
                           {"quantrail.reverted", json_text(reverted)}});
  if (!bytes) return failed(bytes);
  return ExportedModel{std::move(*bytes), lowering.float_in_onnxruntime};
}

}  // namespace quantrail
