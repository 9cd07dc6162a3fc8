#include "export/profile.h"

namespace quantrail {

std::string_view name_of(ExportProfile profile) {
  return profile == ExportProfile::OnnxRuntime ? "onnxruntime" : "openvino";
}

std::string_view title_of(ExportProfile profile) {
  return profile == ExportProfile::OnnxRuntime ? "ONNX Runtime" : "OpenVINO";
}

const std::vector<ExportProfile>& export_profiles() {
  static const std::vector<ExportProfile> kAll{ExportProfile::OnnxRuntime, ExportProfile::OpenVino};
  return kAll;
}

}  // namespace quantrail
