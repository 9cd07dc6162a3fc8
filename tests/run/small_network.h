#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "evaluate/evaluator.h"
#include "metrics/registry.h"
#include "run/inputs.h"

namespace quantrail::testing_run {

/// Random numbers by a written-out rule, so that they are the same with every standard library.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : engine_(seed) {}
  /// About normal, by the sum of twelve uniform ones.
  [[nodiscard]] float normal(float spread) {
    double sum = -6.0;
    for (int at = 0; at < 12; ++at) sum += static_cast<double>(engine_()) / 4294967296.0;
    return static_cast<float>(sum) * spread;
  }
  [[nodiscard]] std::vector<float> normals(std::size_t count, float spread) {
    std::vector<float> values(count);
    for (auto& value : values) value = normal(spread);
    return values;
  }

 private:
  std::mt19937 engine_;
};

/// A depthwise-separable classifier of 12 x 12 images with three channels into ten classes, of random weights. The
/// channels between the layers have spreads a hundred times apart, as trained networks of this kind have, so that
/// 8 bits per tensor lose much.
inline Graph separable_network() {
  Numbers numbers(11);
  Graph graph{.name = "separable", .opset = 13};
  graph.inputs = {{"image", ElementType::Float32, {-1, 3, 12, 12}, {"N", "", "", ""}}};
  graph.outputs = {{"scores", ElementType::Float32, {-1, 10}, {"N", ""}}};
  std::string value = "image";
  const auto constant = [&](const std::string& name, Shape shape, float spread, bool uneven) {
    auto values = numbers.normals(static_cast<std::size_t>(element_count(shape)), spread);
    const std::size_t row = values.size() / static_cast<std::size_t>(shape[0]);
    for (std::size_t at = 0; uneven && at < values.size(); ++at) {
      values[at] *= std::pow(10.0F, 2.0F * static_cast<float>(at / row) / static_cast<float>(shape[0]) - 1.0F);
    }
    graph.constants[name] = std::make_shared<Tensor>(Tensor::of<float>(shape, values));
  };
  const auto conv = [&](const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel,
                        std::int64_t group) {
    constant(name + ".w", {out, in / group, kernel, kernel}, 1.0F / std::sqrt(static_cast<float>(in / group * kernel)),
             kernel > 1);
    constant(name + ".b", {out}, 0.1F, false);
    graph.nodes.push_back(
        {.name = name, .op = "Conv", .inputs = {value, name + ".w", name + ".b"}, .outputs = {name + ".y"}});
    auto& attributes = graph.nodes.back().attributes;
    attributes["kernel_shape"] = std::vector<std::int64_t>{kernel, kernel};
    attributes["pads"] = std::vector<std::int64_t>(4, kernel / 2);
    attributes["group"] = group;
    graph.nodes.push_back({.name = name + ".relu", .op = "Relu", .inputs = {name + ".y"}, .outputs = {name + ".r"}});
    value = name + ".r";
  };
  conv("stem", 3, 16, 3, 1);
  conv("dw1", 16, 16, 3, 16);
  conv("pw1", 16, 24, 1, 1);
  conv("dw2", 24, 24, 3, 24);
  conv("pw2", 24, 32, 1, 1);
  graph.nodes.push_back({.name = "pool", .op = "GlobalAveragePool", .inputs = {value}, .outputs = {"pooled"}});
  graph.nodes.push_back({.name = "flatten", .op = "Flatten", .inputs = {"pooled"}, .outputs = {"flat"}});
  constant("fc.w", {32, 10}, 0.3F, false);
  constant("fc.b", {10}, 0.1F, false);
  graph.nodes.push_back({.name = "fc", .op = "Gemm", .inputs = {"flat", "fc.w", "fc.b"}, .outputs = {"scores"}});
  return graph;
}

/// Random images; labels may be set afterwards.
class RandomImages : public Dataset {
 public:
  RandomImages(std::size_t size, std::uint32_t seed) : labels_(size, 0), seed_(seed) {}
  [[nodiscard]] std::size_t size() const override { return labels_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    Numbers numbers(seed_ * 100'003U + static_cast<std::uint32_t>(index));
    const auto values = numbers.normals(3 * 12 * 12, 1.0F);
    std::memcpy(buffers[0].data(), values.data(), buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override { return Truth{.label = labels_[index]}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "image " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override {
    Hasher hasher;
    hasher.add("random images").add(std::int64_t{seed_});
    for (const auto label : labels_) hasher.add(label);
    return hasher.finish();
  }
  void set_labels(std::vector<std::int64_t> labels) { labels_ = std::move(labels); }

 private:
  std::vector<std::int64_t> labels_;
  std::uint32_t seed_;
  std::vector<SampleInput> inputs_{{"image", ElementType::Float32, {3, 12, 12}}};
};

/// A number read off the scores: one of them, or which is highest (`index` < 0). Its mean over samples.
class Reading : public Metric {
 public:
  explicit Reading(std::ptrdiff_t index) : index_(index), name_("reading " + std::to_string(index)) {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] bool higher_is_better() const override { return true; }
  [[nodiscard]] std::string identity() const override { return name_; }
  [[nodiscard]] Status accepts(std::span<const OutputView>, const Truth&) const override { return {}; }
  [[nodiscard]] SampleScore of_sample(std::span<const OutputView> outputs, const Truth&) const override {
    const auto* scores = reinterpret_cast<const float*>(outputs[0].bytes.data());
    return {.value = index_ < 0 ? static_cast<double>(std::max_element(scores, scores + 10) - scores) : scores[index_]};
  }
  [[nodiscard]] double aggregated(std::span<const SampleScore> scores) const override {
    double sum = 0.0;
    for (const auto& score : scores) sum += score.value;
    return sum / static_cast<double>(scores.size());
  }

 private:
  std::ptrdiff_t index_;
  std::string name_;
};

inline Evaluation read_off(const Graph& graph, std::shared_ptr<const Dataset> data, std::ptrdiff_t first,
                           std::ptrdiff_t last) {
  EvaluationRequest request;
  for (std::size_t at = 0; at < data->size(); ++at) request.samples.push_back(at);
  std::vector<std::shared_ptr<const Metric>> readings;
  for (auto index = first; index <= last; ++index) readings.push_back(std::make_shared<Reading>(index));
  return Evaluator::create(graph, std::move(data), readings, {}).value().evaluated(request, {}).value();
}

/// `graph` with the mean of each score over `data` taken off, so that every class is chosen now and then.
inline Graph centred(Graph graph, const std::shared_ptr<const Dataset>& data) {
  Tensor bias = *graph.constants.at("fc.b");
  const auto means = read_off(graph, data, 0, 9).metrics;
  for (std::size_t at = 0; at < 10; ++at) {
    bias.values<float>()[at] -= static_cast<float>(means.at("reading " + std::to_string(at)));
  }
  graph.constants["fc.b"] = std::make_shared<Tensor>(std::move(bias));
  return graph;
}

/// The network above with labels that the float network gives, so that its accuracy is 1.
inline RunInputs separable_inputs() {
  constexpr std::size_t kAllOfIt = std::size_t{1} << 26U;
  RunInputs inputs{.model = Hasher().add("separable").finish()};
  auto images = std::make_shared<RandomImages>(400, 2);
  inputs.graph = centred(separable_network(), images);
  const auto classes = read_off(inputs.graph, images, -1, -1).per_sample.at("reading -1");
  images->set_labels({classes.begin(), classes.end()});
  inputs.validation = cached(images, kAllOfIt);
  inputs.calibration = cached(std::make_shared<RandomImages>(64, 1), kAllOfIt);
  inputs.metrics = {make_metric({.type = "accuracy", .name = "top1"}).value()};
  inputs.compression.algorithm = "AccuracyAwareQuantization";
  inputs.compression.accuracy_aware.maximal_drop = 0.06;
  inputs.compression.accuracy_aware.ranking_subset_size = 100;
  return inputs;
}

}  // namespace quantrail::testing_run
