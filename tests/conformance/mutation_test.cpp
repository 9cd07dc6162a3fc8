// ONNX's node tests with one attribute or operand replaced by an extreme value: whatever we make of them, we must come
// back, with a result or an error.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <limits>

#include "conformance/isolated.h"
#include "conformance/run_case.h"
#include "conformance/run_plan.h"
#include "model/load.h"

namespace quantrail::conformance {
namespace {

constexpr std::array<std::int64_t, 9> kExtremes{0,
                                                1,
                                                -1,
                                                -2,
                                                7,
                                                std::int64_t{1} << 42U,
                                                -(std::int64_t{1} << 42U),
                                                std::numeric_limits<std::int64_t>::max(),
                                                std::numeric_limits<std::int64_t>::min()};

/// Runs `graph` with each element of each integer attribute replaced. Returns how many graphs ran.
int with_attributes(const Graph& graph, const std::vector<Tensor>& inputs, Runner runner) {
  int runs = 0;
  const auto run = [&](std::size_t at, const std::string& key, const Attribute& value) {
    Graph mutant = graph;
    mutant.nodes[at].attributes[key] = value;
    (void)runner(mutant, inputs);
    ++runs;
  };
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    for (const auto& [key, value] : graph.nodes[at].attributes) {
      for (const auto extreme : kExtremes) {
        if (std::holds_alternative<std::int64_t>(value)) run(at, key, extreme);
        const auto* list = std::get_if<std::vector<std::int64_t>>(&value);
        for (std::size_t one = 0; list != nullptr && one < list->size(); ++one) {
          auto changed = *list;
          changed[one] = extreme;
          run(at, key, changed);
        }
      }
      if (std::holds_alternative<std::vector<std::int64_t>>(value)) run(at, key, std::vector<std::int64_t>{});
      if (std::holds_alternative<std::string>(value)) run(at, key, std::string("nonsense"));
    }
  }
  return runs;
}

/// Replaces the first and last element of each integer operand, and cuts each operand's last axis to nothing.
int with_operands(const Graph& graph, const std::vector<Tensor>& inputs, Runner runner) {
  int runs = 0;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const auto run = [&](const Tensor& value) {
      auto changed = inputs;
      changed[at] = value;
      (void)runner(graph, changed);
      ++runs;
    };
    if (!inputs[at].shape.empty()) {
      Shape none = inputs[at].shape;
      none.back() = 0;
      run(Tensor::zeros(inputs[at].type, none));
      run(Tensor::zeros(inputs[at].type, {}));
    }
    if (inputs[at].type != ElementType::Int64 || inputs[at].bytes.empty()) continue;
    for (const auto extreme : kExtremes) {
      Tensor first = inputs[at];
      first.values<std::int64_t>().front() = extreme;
      run(first);
      Tensor last = inputs[at];
      last.values<std::int64_t>().back() = extreme;
      run(last);
    }
  }
  return runs;
}

std::string mutated(const Case& one, Runner runner) {
  const auto model = load_model(one.folder / "model.onnx");
  if (!model || model->graph.nodes.size() > 3) return "0";  // function bodies repeat what single operators do
  const auto sets = data_sets(one, model->graph);
  if (!sets) return "0";
  return std::to_string(with_attributes(model->graph, sets->front().inputs, runner) +
                        with_operands(model->graph, sets->front().inputs, runner));
}

void survive(Runner runner) {
  auto cases = cases_in(std::filesystem::path(QUANTRAIL_SOURCE_DIR) / "tests/recorded/opset18_21", "recorded/");
  if (std::filesystem::exists(data_folder())) {
    auto more = cases_in(data_folder() / "node", "node/");
    cases.insert(cases.end(), more.begin(), more.end());
  }
  int runs = 0;
  for (const auto& one : cases) {
    const auto ending = isolated([&] { return mutated(one, runner); }, std::chrono::seconds(30));
    EXPECT_EQ(ending.kind, Ending::Kind::Answered) << one.name;
    if (ending.kind == Ending::Kind::Answered) runs += std::stoi(ending.answer);
  }
  EXPECT_GT(runs, 5000);
}

TEST(Mutation, TheInterpreterNeitherCrashesNorHangs) { survive(by_interpreter); }

TEST(Mutation, PlansNeitherCrashNorHang) { survive(by_plan); }

}  // namespace
}  // namespace quantrail::conformance
