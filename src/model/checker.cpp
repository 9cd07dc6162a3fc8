#include "model/checker.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

constexpr std::int64_t kNewestIr = 8;
constexpr std::int64_t kNewestOpset = 17;

std::string one_line(std::string text) {
  const auto context = text.find("\n\n==> Context");
  if (context != std::string::npos) text.resize(context);
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return printable(text);
}

/// Whether `domain` was ONNX's own by its other name.
bool shorten(std::string* domain) {
  if (*domain != "ai.onnx") return false;
  domain->clear();
  return true;
}

bool complete(onnx::ValueInfoProto& output) {
  const auto& given = output.type();
  if (given.value_case() != onnx::TypeProto::VALUE_NOT_SET && !given.has_tensor_type()) return false;
  const bool typed = given.tensor_type().elem_type() != onnx::TensorProto::UNDEFINED;
  if (typed && given.tensor_type().has_shape()) return false;
  auto& type = *output.mutable_type()->mutable_tensor_type();
  if (!typed) type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape();
  return true;
}

}  // namespace

bool complete(onnx::ModelProto& model) {
  bool any = false;
  for (auto& import : *model.mutable_opset_import()) any = shorten(import.mutable_domain()) || any;
  auto& graph = *model.mutable_graph();
  for (auto& node : *graph.mutable_node()) any = shorten(node.mutable_domain()) || any;
  for (auto& output : *graph.mutable_output()) any = complete(output) || any;
  if (!graph.name().empty()) return any;
  graph.set_name("graph");
  return true;
}

bool checkable(const onnx::ModelProto& model) {
  // ONNX Runtime's own, though in ONNX's domain.
  const bool foreign = std::any_of(model.graph().node().begin(), model.graph().node().end(), [](const auto& node) {
    return node.domain().empty() && node.op_type() == "SimplifiedLayerNormalization";
  });
  return !foreign && model.ir_version() <= kNewestIr &&
         std::all_of(model.opset_import().begin(), model.opset_import().end(), [](const auto& import) {
           const bool ours = import.domain().empty() || import.domain() == "ai.onnx";
           return ours && import.version() <= kNewestOpset;
         });
}

std::string experimental_operator(const onnx::ModelProto& model) {
  // Besides those that are upgraded; it writes a warning to stderr for each.
  constexpr std::array<std::string_view, 6> kFurther{"ATen",    "ConstantFill", "DynamicSlice",
                                                     "GRUUnit", "Scale",        "GivenTensorFill"};
  std::int64_t opset = 1;
  for (const auto& import : model.opset_import()) {
    if (import.domain().empty()) opset = import.version();
  }
  for (const auto& node : model.graph().node()) {
    const bool further = std::find(kFurther.begin(), kFurther.end(), node.op_type()) != kFurther.end();
    if (node.domain().empty() && (further || is_experimental(node.op_type(), opset))) return node.op_type();
  }
  return "";
}

Status check_with_libonnx(const onnx::ModelProto& model, const std::filesystem::path& path, bool external_data) {
  try {
    if (external_data) {
      onnx::checker::check_model(path.string());
    } else {
      onnx::checker::check_model(model);
    }
  } catch (const std::exception& error) {
    return fail(Cause::InvalidInput, "libonnx's checker refuses the model: {}", one_line(error.what()));
  }
  return {};
}

}  // namespace quantrail
