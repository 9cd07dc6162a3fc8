#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace quantrail {

/// The runtime for which a quantized model is written.
enum class ExportProfile : std::uint8_t { OnnxRuntime, OpenVino };

/// "onnxruntime", "openvino": as files and command lines say it.
[[nodiscard]] std::string_view name_of(ExportProfile profile);
/// "ONNX Runtime", "OpenVINO": as sentences say it.
[[nodiscard]] std::string_view title_of(ExportProfile profile);

/// The default first.
[[nodiscard]] const std::vector<ExportProfile>& export_profiles();

}  // namespace quantrail
