#include "quantize/full_bias_correction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

#include "export/small_network.h"
#include "model/codes.h"
#include "peer/random_data.h"
#include "quantize/collect.h"
#include "quantize/quantize.h"
#include "quantize/weight_steps.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RandomData;
using testing::SmallNetwork;

const std::vector<std::size_t> kSamples{0, 1, 2, 3, 4, 5};

struct Calibrated {
  SmallNetwork net{{1, 3, 8, 8}};
  RandomData data{{3, 8, 8}, 6};
  Quantization q{};

  explicit Calibrated(const std::set<std::string, std::less<>>& excluded = {}) {
    const auto a = net.relu("ra", net.conv("a", "x", {.channels = 6}));
    const auto b = net.relu("rb", net.conv("b", a, {.channels = 6, .group = 6, .bias = false}));
    net.output(net.gemm("fc", net.flatten("flat", net.global_average_pool("pool", b)), 4));
    QuantizationParams params;
    params.use_fast_bias = false;
    const auto placement = placed(net.graph(), net.types(), {.excluded = excluded});
    const QuantizerInputs inputs{net.graph(), net.types(), placement};
    const auto request = statistics_request(inputs, params).value();
    q = quantized(inputs, collected(net.graph(), request, data, kSamples, {}).value(), params).value();
    for (auto& [name, layer] : q.layers) {  // so coarse that there is something to correct
      if (layer.weights) {
        for (float& step : layer.weights->scale) step *= 9.0F;
      }
    }
  }

  /// The largest difference of a channel's mean at the output between the float network and the one with the weights
  /// that the codes stand for, and its biases.
  [[nodiscard]] double bias_at_the_end(const Quantization& quantization) const {
    return largest_difference(output_means(nullptr), output_means(&quantization));
  }
  /// The same for the network as it runs, in integers.
  [[nodiscard]] double bias_in_codes(const Quantization& quantization) const {
    PlanCache cache;
    return largest_difference(output_means(nullptr),
                              means_of(Plan::build(net.graph(), {&quantization}, 1, cache).value()));
  }

 private:
  static double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0.0;
    for (std::size_t c = 0; c < a.size(); ++c) largest = std::max(largest, std::abs(a[c] - b[c]));
    return largest;
  }

  static std::string replace(Graph& graph, const std::string& name, const Shape& shape,
                             const std::vector<float>& values) {
    graph.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>(shape, std::span<const float>(values)));
    return name;
  }

  [[nodiscard]] std::vector<double> means_of(const std::shared_ptr<const Plan>& plan) const {
    PlanState state(plan);
    std::vector<double> means(4, 0.0);
    for (const auto index : kSamples) {
      const auto sample = data.sample(index);
      std::memcpy(state.input(0).data(), sample.data(), state.input(0).size());
      EXPECT_TRUE(state.run().has_value());
      std::array<float, 4> values{};
      std::memcpy(values.data(), state.output(0).data(), sizeof values);
      for (std::size_t c = 0; c < 4; ++c) means[c] += values[c] / static_cast<double>(kSamples.size());
    }
    return means;
  }

  [[nodiscard]] std::vector<double> output_means(const Quantization* quantization) const {
    PlanCache cache;
    Graph graph = net.graph();
    for (Node& node : graph.nodes) {
      if (quantization == nullptr ||
          quantization->bias_edits.count(node.name) + quantization->layers.count(node.name) == 0)
        continue;
      const auto layer = quantization->layers.find(node.name);
      const auto bias = integer_bias(graph, node, *quantization);
      if (!bias.empty()) {
        node.inputs.resize(3);
        node.inputs[2] = replace(graph, node.name + ".own bias", {static_cast<std::int64_t>(bias.size())}, bias);
      }
      if (layer == quantization->layers.end() || !layer->second.weights) continue;
      const Tensor& weights = *constant_input(graph, node, 1);
      node.inputs[1] =
          replace(graph, node.name + ".rounded", weights.shape, dequantized_weights(weights, *layer->second.weights));
    }
    return means_of(Plan::build(graph, {}, 1, cache).value());
  }
};

TEST(FullyCorrected, LeavesNoMeanErrorAtTheOutput) {
  const Calibrated network;
  const double before = network.bias_at_the_end(network.q);
  const auto corrected = fully_corrected(network.net.graph(), network.q, network.data, kSamples, {});
  ASSERT_TRUE(corrected.has_value()) << corrected.error().message;
  EXPECT_EQ(corrected->bias_edits.size(), 3U) << "the layer without bias gets one";
  EXPECT_GT(before, 1e-3);
  EXPECT_LT(network.bias_at_the_end(*corrected), 0.02 * before);
}

TEST(FullyCorrected, InCodesMakesUpForWhatTheyAddAsWell) {
  Calibrated network;
  for (auto& [name, params] : network.q.activations) params.scale *= 0.6F;  // clips
  const auto weights = fully_corrected(network.net.graph(), network.q, network.data, kSamples, {});
  const auto both = fully_corrected(network.net.graph(), network.q, network.data, kSamples, {.in_codes = true});
  ASSERT_TRUE(both.has_value()) << both.error().message;
  EXPECT_GT(network.bias_in_codes(*weights), 1e-2);
  EXPECT_LT(network.bias_in_codes(*both), 0.2 * network.bias_in_codes(*weights));
}

TEST(FullyCorrected, DoesNotDependOnThreads) {
  const Calibrated network;
  const auto one = fully_corrected(network.net.graph(), network.q, network.data, kSamples, {});
  const auto three = fully_corrected(network.net.graph(), network.q, network.data, kSamples, {.threads = 3});
  EXPECT_EQ(one->digest(), three->digest());
}

TEST(FullyCorrected, LeavesLayersAloneWhoseBiasWouldChangeTooMuch) {
  const Calibrated network;
  EXPECT_THAT(fully_corrected(network.net.graph(), network.q, network.data, kSamples, {.threshold = 0.0})->bias_edits,
              IsEmpty());
}

TEST(FullyCorrected, CorrectsFloatLayersWhereAskedTo) {
  const Calibrated network({"fc"});
  const auto& graph = network.net.graph();
  EXPECT_THAT(fully_correctable(graph, network.q, false), ElementsAre("a", "b"));
  EXPECT_THAT(fully_correctable(graph, network.q, true), ElementsAre("a", "b", "fc"));
  const auto without = fully_corrected(graph, network.q, network.data, kSamples, {}).value();
  const auto with = fully_corrected(graph, network.q, network.data, kSamples, {.all_layers = true}).value();
  EXPECT_EQ(without.bias_edits.size(), 2U);
  EXPECT_EQ(with.bias_edits.size(), 3U);
  EXPECT_LT(network.bias_at_the_end(with), network.bias_at_the_end(without));
}

TEST(FullyCorrected, TellsItsProgressAndStops) {
  const Calibrated network;
  std::vector<std::size_t> told;
  FullCorrection options;
  options.progress = [&](std::size_t done) { told.push_back(done); };
  ASSERT_TRUE(fully_corrected(network.net.graph(), network.q, network.data, kSamples, options).has_value());
  EXPECT_THAT(told, ElementsAre(1U, 2U, 3U));
  std::stop_source stop;
  stop.request_stop();
  options.stop = stop.get_token();
  EXPECT_EQ(fully_corrected(network.net.graph(), network.q, network.data, kSamples, options).error().cause,
            Cause::Cancelled);
}

}  // namespace
}  // namespace quantrail
