#include "model/checker.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <algorithm>

#include "base/text.h"

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

}  // namespace

bool checkable(const onnx::ModelProto& model) {
  return model.ir_version() <= kNewestIr &&
         std::all_of(model.opset_import().begin(), model.opset_import().end(), [](const auto& import) {
           const bool ours = import.domain().empty() || import.domain() == "ai.onnx";
           return ours && import.version() <= kNewestOpset;
         });
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
