#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace onnx {
class ModelProto;
}

namespace quantrail {

/// Whether libonnx knows this IR version, opset and the operators of that domain.
[[nodiscard]] bool checkable(const onnx::ModelProto& model);

/// Writes what ONNX Runtime does without and libonnx's checker insists on: a name of the graph, types and shapes of its
/// outputs, ONNX's own domain as "". Returns whether anything was missing.
bool complete(onnx::ModelProto& model);

/// An operator of the model, at its opset, that libonnx takes for experimental and does not check; "" without one.
[[nodiscard]] std::string experimental_operator(const onnx::ModelProto& model);

/// libonnx's own checker. `path` is read again where the model has external data. Errors: InvalidInput, with the
/// checker's reason in one line.
[[nodiscard]] Status check_with_libonnx(const onnx::ModelProto& model, const std::filesystem::path& path,
                                        bool external_data);

}  // namespace quantrail
