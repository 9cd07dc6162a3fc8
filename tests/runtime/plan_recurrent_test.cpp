#include "model/interpret.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

struct RecurrentCase {
  std::string op = "LSTM";
  std::int64_t gates = 4;
  std::int64_t steps = 5;
  std::int64_t batch = 3;
  std::int64_t input = 6;
  std::int64_t hidden = 17;
  bool both = false;
  bool batch_first = false;
  bool bias = true;
  bool lengths = false;
  bool initial = false;
  bool peepholes = false;
  std::map<std::string, Attribute> attributes{};
};

Graph graph_of(const RecurrentCase& c, kernels::Random& random) {
  const std::int64_t d = c.both ? 2 : 1;
  Graph graph;
  graph.opset = 14;
  const auto constant = [&](const std::string& name, Shape shape, float spread) {
    const auto values = random.reals(static_cast<std::size_t>(element_count(shape)), spread);
    graph.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>(std::move(shape), values));
    return name;
  };
  graph.inputs.push_back({"x",
                          ElementType::Float32,
                          c.batch_first ? Shape{c.batch, c.steps, c.input} : Shape{c.steps, c.batch, c.input},
                          {}});
  Node node{"cell", c.op, {"x"}, {"y", "y_h"}, c.attributes, {}};
  node.inputs.push_back(constant("w", {d, c.gates * c.hidden, c.input}, 0.4F));
  node.inputs.push_back(constant("r", {d, c.gates * c.hidden, c.hidden}, 0.25F));
  node.inputs.push_back(c.bias ? constant("b", {d, 2 * c.gates * c.hidden}, 0.3F) : "");
  node.inputs.emplace_back(c.lengths ? "lengths" : "");
  if (c.lengths) {
    std::vector<std::int32_t> lengths;
    for (std::int64_t n = 0; n < c.batch; ++n) lengths.push_back(static_cast<std::int32_t>(random.integer(0, c.steps)));
    graph.constants["lengths"] = std::make_shared<const Tensor>(Tensor::of<std::int32_t>({c.batch}, lengths));
  }
  const Shape state = c.batch_first ? Shape{c.batch, d, c.hidden} : Shape{d, c.batch, c.hidden};
  node.inputs.push_back(c.initial ? constant("h0", state, 0.5F) : "");
  if (c.gates == 4) {
    node.inputs.push_back(c.initial ? constant("c0", state, 0.5F) : "");
    node.inputs.push_back(c.peepholes ? constant("p", {d, 3 * c.hidden}, 0.3F) : "");
    node.outputs.emplace_back("y_c");
  }
  node.attributes["hidden_size"] = c.hidden;
  node.attributes["layout"] = std::int64_t{c.batch_first};
  if (c.both) node.attributes["direction"] = std::string("bidirectional");
  for (const auto& value : node.outputs) graph.outputs.push_back({value, ElementType::Float32, {}, {}});
  graph.nodes.push_back(std::move(node));
  return graph;
}

void expect_interpreter_agrees(const RecurrentCase& c, std::uint32_t seed) {
  kernels::Random random(seed);
  const Graph graph = graph_of(c, random);
  Values inputs;
  inputs["x"] = Tensor::of<float>(graph.inputs[0].shape,
                                  random.reals(static_cast<std::size_t>(element_count(graph.inputs[0].shape))));
  std::vector<const Tensor*> operands{&inputs.at("x")};
  for (std::size_t at = 1; at < graph.nodes[0].inputs.size(); ++at) {
    const auto& value = graph.nodes[0].inputs[at];
    operands.push_back(value.empty() ? nullptr : graph.constants.at(value).get());
  }
  const auto expected = interpreted(graph.nodes[0], graph.opset, operands).value();
  PlanState state(plan_of(graph, {}, graph.inputs[0].shape[0]));
  for (int run = 0; run < 2; ++run) {  // the second starts from memory that the first left behind
    fill_inputs(state, graph, inputs);
    const auto done = state.run();
    ASSERT_TRUE(done) << done.error().message;
    for (std::size_t output = 0; output < graph.outputs.size(); ++output)
      expect_near(output_of(state, output), expected[output].values<float>(), 3e-6F);
  }
}

std::vector<RecurrentCase> kinds() {
  RecurrentCase lstm;
  RecurrentCase gru{"GRU", 3};
  RecurrentCase gru_linear{"GRU", 3};
  gru_linear.attributes["linear_before_reset"] = std::int64_t{1};
  return {lstm, gru, gru_linear, {"RNN", 1}};
}

TEST(PlanRecurrent, AgreesWithTheInterpreterInEveryForm) {
  for (auto c : kinds()) {
    for (unsigned form = 0; form < 64; ++form) {
      c.both = (form & 1U) != 0;
      c.batch_first = (form & 2U) != 0;
      c.bias = (form & 4U) != 0;
      c.lengths = (form & 8U) != 0;
      c.initial = (form & 16U) != 0;
      c.peepholes = (form & 32U) != 0;
      SCOPED_TRACE(c.op + " " + std::to_string(form));
      expect_interpreter_agrees(c, form);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(PlanRecurrent, AgreesBackwardsClippedCoupledAndWithOtherActivations) {
  for (auto c : kinds()) {
    c.peepholes = true;
    c.attributes["direction"] = std::string("reverse");
    c.attributes["clip"] = 0.05F;  // of an LSTM the state goes beyond
    c.lengths = true;
    expect_interpreter_agrees(c, 1);
    if (c.gates == 4) {
      c.attributes["input_forget"] = std::int64_t{1};
      c.attributes["activations"] = std::vector<std::string>{"HardSigmoid", "Softsign", "Relu"};
    } else if (c.gates == 3) {
      c.attributes["activations"] = std::vector<std::string>{"HardSigmoid", "LeakyRelu"};
    } else {
      c.attributes["activations"] = std::vector<std::string>{"Elu"};
    }
    expect_interpreter_agrees(c, 2);
    // This one has no kernel: the interpreter computes it.
    c.attributes["activations"] = c.gates == 4   ? std::vector<std::string>{"Sigmoid", "Affine", "Tanh"}
                                  : c.gates == 3 ? std::vector<std::string>{"Sigmoid", "Affine"}
                                                 : std::vector<std::string>{"Affine"};
    expect_interpreter_agrees(c, 3);
  }
}

TEST(PlanRecurrent, OneStepOneUnitOneSample) {
  for (auto c : kinds()) {
    c.steps = c.batch = c.input = c.hidden = 1;
    expect_interpreter_agrees(c, 4);
    c.both = true;
    expect_interpreter_agrees(c, 5);
  }
}

TEST(PlanRecurrent, RefusesASequenceLongerThanItsSteps) {
  RecurrentCase c;
  c.lengths = true;
  kernels::Random random(6);
  Graph graph = graph_of(c, random);
  for (const std::int32_t wrong : {-1, 6}) {
    graph.constants["lengths"] =
        std::make_shared<const Tensor>(Tensor::of<std::int32_t>({3}, std::vector{1, wrong, 2}));
    PlanState state(plan_of(graph, {}, graph.inputs[0].shape[0]));
    const auto done = state.run();
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("in 5 steps"), std::string::npos) << done.error().message;
  }
}

}  // namespace
}  // namespace quantrail::testing
