#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quantrail {

/// The ONNX operators that `type` stands for: an OpenVINO operator type, as POT's configurations name it, or an ONNX
/// operator, which stands for itself. MatMul is both, and means Gemm (a MatMul with a bias) too.
[[nodiscard]] std::vector<std::string> onnx_operators(const std::string& type);

/// Whether `type` stands for convolutions of `groups` groups: OpenVINO's Convolution and ConvolutionBackpropData have
/// one, GroupConvolution and GroupConvolutionBackpropData more; all other types have any number.
[[nodiscard]] bool has_so_many_groups(const std::string& type, std::int64_t groups);

/// The ONNX attribute that an OpenVINO attribute is called ("transpose_b": "transB"); the same name for all others.
/// pads_begin and pads_end are the halves of pads.
[[nodiscard]] std::string onnx_attribute(const std::string& name);

}  // namespace quantrail
