#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "export/small_network.h"
#include "model/codes.h"
#include "model/product_bias.h"
#include "model/weight_edits.h"
#include "peer/random_data.h"
#include "quantize/bias_correction.h"
#include "quantize/collect.h"
#include "quantize/full_bias_correction.h"
#include "quantize/quantize.h"
#include "quantize/weight_steps.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RandomData;
using ::testing::SizeIs;
using testing::SmallNetwork;

const std::vector<std::size_t> kSamples{0, 1, 2, 3, 4, 5, 6, 7};

/// A transformer's feed-forward layers on [1, 5, 6]: two products with biases, and one without.
struct FeedForward {
  SmallNetwork net{{1, 5, 6}};
  RandomData data{{5, 6}, kSamples.size()};

  FeedForward() {
    const auto hidden = net.relu("rh", net.bias("hb", net.matmul("h", "x", 16)));
    net.output(net.matmul("last", net.relu("ry", net.bias("yb", net.matmul("y", hidden, 8))), 4));
  }

  [[nodiscard]] Quantization quantized_with(bool fast, const std::set<std::string, std::less<>>& excluded = {}) const {
    QuantizationParams params;
    params.preset = Preset::Mixed;
    params.use_fast_bias = fast;
    const auto placement = placed(net.graph(), net.types(), {.excluded = excluded});
    const QuantizerInputs inputs{net.graph(), net.types(), placement};
    const auto request = statistics_request(inputs, params).value();
    return quantized(inputs, collected(net.graph(), request, data, kSamples, {}).value(), params).value();
  }

  /// Means over samples and positions of what the network leaves per column of `value`.
  [[nodiscard]] std::vector<double> means(const std::string& value, const Quantization* q,
                                          const std::set<std::string, std::less<>>& reverted = {}) const {
    Graph graph = net.graph();
    graph.outputs = {{value, ElementType::Float32, {}, {}}};
    PlanCache cache;
    PlanState state(Plan::build(graph, {.quantization = q, .reverted = reverted}, 1, cache).value());
    std::vector<double> sums;
    for (const auto index : kSamples) {
      const auto sample = data.sample(index);
      std::memcpy(state.input(0).data(), sample.data(), state.input(0).size());
      EXPECT_TRUE(state.run().has_value());
      std::vector<float> values(state.output(0).size() / sizeof(float));
      std::memcpy(values.data(), state.output(0).data(), state.output(0).size());
      sums.resize(values.size() / 5);
      for (std::size_t i = 0; i < values.size(); ++i)
        sums[i % sums.size()] += values[i] / (5.0 * static_cast<double>(kSamples.size()));
    }
    return sums;
  }

  [[nodiscard]] double error(const std::string& value, const Quantization& q) const {
    const auto exact = means(value, nullptr);
    const auto here = means(value, &q);
    double largest = 0.0;
    for (std::size_t c = 0; c < exact.size(); ++c) largest = std::max(largest, std::abs(exact[c] - here[c]));
    return largest;
  }
};

/// So that there is something to correct.
Quantization coarse(Quantization q) {
  for (auto& [name, layer] : q.layers) {
    if (!layer.weights) continue;
    for (float& step : layer.weights->scale) step *= 9.0F;
  }
  return q;
}

TEST(ProductCorrection, FastOneShiftsWhatIsAddedBehindByTheMeanErrorOfTheWeights) {
  const FeedForward net;
  const auto q = net.quantized_with(true);
  ASSERT_THAT(q.bias_edits, SizeIs(2)) << "'last' has no bias";
  const Node& h = net.net.graph().nodes[0];
  const Tensor& weights = *constant_input(net.net.graph(), h, 1);
  const auto rounded = dequantized_weights(weights, *q.layers.at("h").weights);
  std::vector<double> inputs(6, 0.0);
  for (const auto index : kSamples) {
    const auto sample = net.data.sample(index);
    for (std::size_t i = 0; i < sample.size(); ++i)
      inputs[i % 6] += sample[i] / (5.0 * static_cast<double>(kSamples.size()));
  }
  std::vector<float> shift(16, 0.0F);
  for (std::size_t c = 0; c < shift.size(); ++c) {
    double sum = 0.0;
    for (std::size_t k = 0; k < inputs.size(); ++k)
      sum += inputs[k] * (static_cast<double>(weights.values<float>()[k * 16 + c]) - rounded[k * 16 + c]);
    shift[c] = static_cast<float>(sum);
  }
  const auto& edit = q.bias_edits.at("h");
  ASSERT_THAT(edit, SizeIs(shift.size()));
  for (std::size_t c = 0; c < shift.size(); ++c) EXPECT_NEAR(edit[c], shift[c], 1e-6) << c;
}

TEST(ProductCorrection, TheShiftIsInWhatRunsAndNotInWhatIsReverted) {
  const FeedForward net;
  const auto plain = net.quantized_with(false);
  ASSERT_THAT(plain.bias_edits, IsEmpty());
  Quantization shifted = plain;
  shifted.bias_edits["h"] = std::vector<float>(16, 0.5F);
  for (const std::string value : {"h:0", "hb:0"}) {
    const auto before = net.means(value, &plain);
    const auto after = net.means(value, &shifted);
    for (std::size_t c = 0; c < before.size(); ++c) EXPECT_NEAR(after[c], before[c] + 0.5, 1e-5) << value << ' ' << c;
    EXPECT_EQ(net.means(value, &shifted, {"h"}), net.means(value, &plain, {"h"})) << value;
  }
}

TEST(ProductCorrection, FullOneLeavesNoMeanErrorBehindAProduct) {
  const FeedForward net;
  const auto q = coarse(net.quantized_with(false));
  EXPECT_THAT(fully_correctable(net.net.graph(), q, false), ElementsAre("h", "y"));
  for (const bool in_codes : {false, true}) {
    const auto corrected = fully_corrected(net.net.graph(), q, net.data, kSamples, {.in_codes = in_codes}).value();
    ASSERT_THAT(corrected.bias_edits, SizeIs(2));
    EXPECT_GT(net.error("yb:0", q), 0.005);
    EXPECT_LT(net.error("yb:0", corrected), (in_codes ? 0.05 : 0.3) * net.error("yb:0", q)) << in_codes;
  }
}

TEST(ProductCorrection, OfAnIgnoredProductHoldsInFloat) {
  const FeedForward net;
  const auto q = coarse(net.quantized_with(false, {"y"}));
  const auto corrected = fully_corrected(net.net.graph(), q, net.data, kSamples, {.all_layers = true}).value();
  ASSERT_THAT(corrected.bias_edits, SizeIs(2));
  Quantization without = corrected;
  without.bias_edits.erase("y");
  EXPECT_TRUE(has_edits(corrected));
  EXPECT_LT(net.error("yb:0", corrected), net.error("yb:0", without));
}

TEST(ProductCorrection, LearnsColumnsWhereAConvolutionsChannelsLieLast) {
  SmallNetwork net({1, 3, 4, 5});
  net.output(net.bias("b", net.matmul("m", net.conv("c", "x", {.channels = 6}), 7)));
  const RandomData data({3, 4, 5}, kSamples.size());
  StatisticsRequest request;
  request.channel_means.insert("c:0");
  request.last_axis.insert("c:0");
  const auto columns = collected(net.graph(), request, data, kSamples, {}).value().values.at("c:0").channel_means;
  ASSERT_THAT(columns, SizeIs(5));
  Graph graph = net.graph();
  graph.outputs = {{"c:0", ElementType::Float32, {}, {}}};
  PlanCache cache;
  PlanState state(Plan::build(graph, {}, 1, cache).value());
  std::vector<double> expected(5, 0.0);
  for (const auto index : kSamples) {
    const auto sample = data.sample(index);
    std::memcpy(state.input(0).data(), sample.data(), state.input(0).size());
    ASSERT_TRUE(state.run().has_value());
    std::vector<float> values(120);
    std::memcpy(values.data(), state.output(0).data(), state.output(0).size());
    for (std::size_t i = 0; i < values.size(); ++i) expected[i % 5] += values[i] / (24.0 * 8.0);
  }
  for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(columns[c], expected[c], 1e-5);
}

struct Where {
  SmallNetwork net{{1, 5, 6}};
  [[nodiscard]] bool has_bias() const { return bias_addition(net.graph(), GraphIndex(net.graph()), 0).has_value(); }
};

TEST(BiasAddition, IsOneVectorThatAloneReadsTheProduct) {
  Where alone;
  alone.net.output(alone.net.bias("b", alone.net.matmul("m", "x", 4)));
  EXPECT_TRUE(alone.has_bias());

  Where also_read;
  const auto product = also_read.net.matmul("m", "x", 4);
  also_read.net.output(also_read.net.bias("b", product));
  also_read.net.output(also_read.net.relu("r", product));
  EXPECT_FALSE(also_read.has_bias());

  Where output;
  output.net.output(output.net.matmul("m", "x", 4));
  output.net.bias("b", "m:0");
  EXPECT_FALSE(output.has_bias());

  Where matrix;
  matrix.net.output(matrix.net.bias("b", matrix.net.matmul("m", "x", 4)));
  matrix.net.keep("b.bias", Tensor::zeros(ElementType::Float32, {5, 4}));
  EXPECT_FALSE(matrix.has_bias());
}

}  // namespace
}  // namespace quantrail
