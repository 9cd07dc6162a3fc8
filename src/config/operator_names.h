#pragma once

#include <string>
#include <vector>

namespace quantrail {

/// The ONNX operators that `type` stands for: an OpenVINO operator type, as POT's configurations name it, or an ONNX
/// operator, which stands for itself. MatMul is both, and means Gemm (a MatMul with a bias) too.
[[nodiscard]] std::vector<std::string> onnx_operators(const std::string& type);

/// The ONNX attribute that an OpenVINO attribute is called ("transpose_b": "transB"); the same name for all others.
/// pads_begin and pads_end are the halves of pads.
[[nodiscard]] std::string onnx_attribute(const std::string& name);

}  // namespace quantrail
