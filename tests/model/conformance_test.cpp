// Types inferred for ONNX's own node tests (Debian's libonnx-testdata); tests/conformance computes them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "model/infer.h"
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

struct Outcome {
  int passed = 0;
  int unsupported = 0;
  std::vector<std::string> failures{};
};

/// All inputs but the first become constants, as in real models. Empty when the types are those of the recorded
/// outputs.
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
  if (!inferred->late.outputs.empty()) return fail(Cause::Unsupported, "shapes depend on data");
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

Outcome run_all(const fs::path& folder) {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  Outcome outcome;
  for (const auto& one : cases) {
    const auto result = infer_case(one);
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

class Inference : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kData)) GTEST_SKIP() << "libonnx-testdata is not installed";
  }
};

TEST_F(Inference, InferredTypesAreThoseOfOnnx) {
  const auto outcome = run_all(kData / "node");
  EXPECT_THAT(outcome.failures, ::testing::IsEmpty());
  EXPECT_GE(outcome.passed, 500) << outcome.unsupported << " were not supported";
}

}  // namespace
}  // namespace quantrail
