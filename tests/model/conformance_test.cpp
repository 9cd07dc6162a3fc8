// ONNX's own node tests (Debian's libonnx-testdata), for every operator that the interpreter claims.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "model/infer.h"
#include "model/interpret.h"
#include "model/load.h"
#include "model/shape_math.h"
#include "model/tensor_file.h"

namespace quantrail {
namespace {

namespace fs = std::filesystem;

const fs::path kData = "/usr/share/libonnx-testdata/data";

Result<Tensor> tensor_in(const fs::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) return failed(bytes);
  return parsed_tensor(*bytes);
}

/// The data files of ONNX 1.12 store bfloat16 as uint16.
Tensor declared_as(ElementType type, Tensor value) {
  if (type == ElementType::BFloat16 && value.type == ElementType::Uint16) value.type = type;
  return value;
}

/// Runs a whole graph node by node. `values` holds the inputs by name.
Status run(const Graph& graph, std::map<std::string, Tensor>& values) {
  for (const auto& [name, value] : graph.constants) values[name] = *value;
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> inputs;
    for (const auto& input : node.inputs) inputs.push_back(input.empty() ? nullptr : &values.at(input));
    auto outputs = interpreted(node, graph.opset, inputs);
    if (!outputs) return failed(outputs);
    for (std::size_t at = 0; at < node.outputs.size(); ++at) values[node.outputs[at]] = std::move((*outputs)[at]);
  }
  return {};
}

/// The tolerance of ONNX's own test runner: 1e-3 relative, 1e-7 absolute. For bfloat16 one step, since the data files
/// of ONNX 1.12 were made by cutting bits off, where the specification says (since 1.13) round to nearest.
std::string difference(const Tensor& ours, const Tensor& theirs) {
  if (ours.type != theirs.type) return fmt::format("type {} instead of {}", name_of(ours.type), name_of(theirs.type));
  if (ours.shape != theirs.shape)
    return fmt::format("shape {} instead of {}", shape_text(ours.shape), shape_text(theirs.shape));
  if (!is_float(ours.type)) return ours.bytes == theirs.bytes ? "" : "other values";
  const auto a = floats_of(ours);
  const auto b = floats_of(theirs);
  const float relative = ours.type == ElementType::BFloat16 ? 0x1p-7F : 1e-3F;
  for (std::size_t at = 0; at < a.size(); ++at) {
    const bool same = a[at] == b[at] || (std::isnan(a[at]) && std::isnan(b[at]));
    if (!same && !(std::abs(a[at] - b[at]) <= relative * std::abs(b[at]) + 1e-7F)) {
      return fmt::format("element {}: {} instead of {}", at, a[at], b[at]);
    }
  }
  return "";
}

struct Outcome {
  int passed = 0;
  int unsupported = 0;
  std::vector<std::string> failures{};
};

/// Empty when the test passes. Cases that ONNX's runner treats specially, or that leave our type system, return an
/// error.
Result<std::string> run_case(const fs::path& folder) {
  const auto model = load_model(folder / "model.onnx");
  if (!model) return failed(model);
  const Graph& graph = model->graph;
  for (const auto& node : graph.nodes) {
    if (!interpretable(node.op)) return fail(Cause::Unsupported, "{} is not interpreted", node.op);
  }
  std::map<std::string, Tensor> values;
  for (std::size_t at = 0; at < graph.inputs.size(); ++at) {
    auto value = tensor_in(folder / "test_data_set_0" / fmt::format("input_{}.pb", at));
    if (!value) return failed(value);
    values[graph.inputs[at].name] = declared_as(graph.inputs[at].type, std::move(*value));
  }
  if (auto ok = run(graph, values); !ok) return failed(ok);
  for (std::size_t at = 0; at < graph.outputs.size(); ++at) {
    const auto expected = tensor_in(folder / "test_data_set_0" / fmt::format("output_{}.pb", at));
    if (!expected) return failed(expected);
    const Tensor& ours = values.at(graph.outputs[at].name);
    if (auto what = difference(ours, declared_as(ours.type, *expected)); !what.empty()) return what;
  }
  return std::string();
}

/// Compares inferred types only, which also covers what is not interpreted: all inputs but the first become constants.
Result<std::string> infer_case(const fs::path& folder) {
  auto model = load_model(folder / "model.onnx");
  if (!model) return failed(model);
  Graph& graph = model->graph;
  std::map<std::string, Shape> shapes;
  for (std::size_t at = 0; at < graph.inputs.size(); ++at) {
    auto value = tensor_in(folder / "test_data_set_0" / fmt::format("input_{}.pb", at));
    if (!value) return failed(value);
    shapes[graph.inputs[at].name] = value->shape;
    graph.inputs[at].shape = value->shape;
    if (at > 0) graph.constants[graph.inputs[at].name] = std::make_shared<const Tensor>(std::move(*value));
  }
  if (graph.inputs.size() > 1) graph.inputs.resize(1);
  const auto inferred = specialised(graph, shapes);
  if (!inferred) return failed(inferred);
  for (std::size_t at = 0; at < graph.outputs.size(); ++at) {
    const auto expected = tensor_in(folder / "test_data_set_0" / fmt::format("output_{}.pb", at));
    if (!expected) return failed(expected);
    const auto& type = inferred->types.at(graph.outputs[at].name);
    if (type != TensorType{declared_as(type.type, *expected).type, expected->shape}) {
      return fmt::format("{} {} instead of {} {}", name_of(type.type), shape_text(type.shape), name_of(expected->type),
                         shape_text(expected->shape));
    }
  }
  return std::string();
}

Outcome run_all(const fs::path& folder, Result<std::string> (*run_one)(const fs::path&)) {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  Outcome outcome;
  for (const auto& one : cases) {
    const auto result = run_one(one);
    if (!result && result.error().cause == Cause::Unsupported) {
      ++outcome.unsupported;
    } else if (!result) {
      outcome.failures.push_back(one.filename().string() + ": " + result.error().message);
    } else if (!result->empty()) {
      outcome.failures.push_back(one.filename().string() + ": " + *result);
    } else {
      ++outcome.passed;
    }
  }
  return outcome;
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kData)) GTEST_SKIP() << "libonnx-testdata is not installed";
  }
};

TEST_F(Conformance, NodeTestsOfOnnxPass) {
  const auto outcome = run_all(kData / "node", run_case);
  EXPECT_THAT(outcome.failures, ::testing::IsEmpty());
  RecordProperty("passed", outcome.passed);
  EXPECT_GE(outcome.passed, 300) << outcome.unsupported << " were not supported";
}

TEST_F(Conformance, InferredTypesAreThoseOfOnnx) {
  const auto outcome = run_all(kData / "node", infer_case);
  EXPECT_THAT(outcome.failures, ::testing::IsEmpty());
  EXPECT_GE(outcome.passed, 500) << outcome.unsupported << " were not supported";
}

}  // namespace
}  // namespace quantrail
