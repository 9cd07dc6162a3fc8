#include "peer/imported_file.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>

#include "base/files.h"
#include "export/onnx_bytes.h"
#include "model/canonical.h"
#include "model/load.h"
#include "peer/scratch.h"
#include "runtime/plan.h"

namespace quantrail::testing {

std::string file_of(const Graph& graph, const FileForm& form) {
  onnx::ModelProto model;
  if (!model.ParseFromString(onnx_bytes(graph).value())) return {};
  model.set_ir_version(form.ir_version);
  model.mutable_opset_import(0)->set_version(form.opset);
  if (!form.foreign.empty()) {
    auto& import = *model.add_opset_import();
    import.set_domain("com.microsoft");
    import.set_version(1);
  }
  for (auto& node : *model.mutable_graph()->mutable_node()) {
    if (std::count(form.foreign.begin(), form.foreign.end(), node.op_type()) != 0) node.set_domain("com.microsoft");
  }
  return model.SerializeAsString();
}

Result<Graph> loaded(const std::string& bytes) {
  const Scratch scratch;
  if (const auto written = write_file(scratch / "model.onnx", bytes); !written) return failed(written);
  auto model = load_model(scratch / "model.onnx");
  if (!model) return failed(model);
  return canonicalised(std::move(model->graph));
}

Result<std::vector<float>> run_file(const std::string& bytes, const Tensor& input) {
  auto graph = loaded(bytes);
  if (!graph) return failed(graph);
  graph->inputs.at(0).shape = input.shape;
  PlanCache cache;
  const auto plan = Plan::build(*graph, {}, input.shape[0], cache);
  if (!plan) return failed(plan);
  PlanState state(*plan);
  std::copy(input.bytes.begin(), input.bytes.end(), state.input(0).begin());
  if (const auto ran = state.run(); !ran) return failed(ran);
  const auto result = state.output(0);
  std::vector<float> values(result.size() / sizeof(float));
  std::memcpy(values.data(), result.data(), result.size());
  return values;
}

}  // namespace quantrail::testing
