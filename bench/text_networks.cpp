#include "text_networks.h"

#include <cmath>
#include <string>
#include <vector>

#include "graph_maker.h"

namespace quantrail::bench {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kWidth = 768;
constexpr std::int64_t kHeads = 12;
constexpr std::int64_t kBetween = 3072;
constexpr int kLayers = 2;

Tensor integers(const Ints& values) {
  Tensor tensor = Tensor::zeros(ElementType::Int64, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values<std::int64_t>().begin());
  return tensor;
}

/// Appends the parts of an encoder; each names its nodes behind `name` and returns its result.
class EncoderMaker {
 public:
  explicit EncoderMaker(std::uint32_t seed) : maker_("bert", seed, 14) {
    for (const std::string name : {"input_ids", "attention_mask"})
      maker_.input({name, ElementType::Int64, {-1, kBertTokens}, {"N", ""}});
  }

  std::string embeddings() {
    maker_.random_constant("words.weight", {kBertVocabulary, kWidth}, 1.0F);
    maker_.random_constant("positions.weight", {1, kBertTokens, kWidth}, 0.3F);
    maker_.random_constant("token_type.weight", {1, kBertTokens, kWidth}, 0.1F);
    const auto words = maker_.add({"words", "Gather", {"words.weight", "input_ids"}, {"words.out"}, {}, {}});
    const auto typed = binary("embeddings.add", "Add", words, "token_type.weight");
    return normalised("embeddings.norm", binary("embeddings.add_1", "Add", typed, "positions.weight"));
  }

  /// What is added to scores: 0 for words, -10000 for what stands behind a sentence's end. [N, 1, 1, tokens].
  std::string mask() {
    const auto one_more = unsqueezed("mask.unsqueeze", "attention_mask", 1);
    const auto four_axes = unsqueezed("mask.unsqueeze_1", one_more, 2);
    const auto real = maker_.add({"mask.cast", "Cast", {four_axes}, {"mask.cast.out"}, {{"to", std::int64_t{1}}}, {}});
    const auto inverted = binary("mask.sub", "Sub", maker_.number("mask.one", 1.0F), real);
    return binary("mask.mul", "Mul", inverted, maker_.number("mask.lowest", -10000.0F));
  }

  std::string layer(const std::string& name, const std::string& from, const std::string& mask) {
    const auto attended = attention(name + ".attention", from, mask);
    const auto projected = linear(name + ".attention.output", attended, kWidth, kWidth);
    const auto middle = normalised(name + ".attention.norm", binary(name + ".attention.add", "Add", projected, from));
    const auto wide = gelu(name + ".gelu", linear(name + ".intermediate", middle, kWidth, kBetween));
    const auto narrow = linear(name + ".output", wide, kBetween, kWidth);
    return normalised(name + ".norm", binary(name + ".add", "Add", narrow, middle));
  }

  Graph finished(const std::string& from) {
    maker_.add({"last", "Identity", {from}, {"last_hidden_state"}, {}, {}});
    maker_.output({"last_hidden_state", ElementType::Float32, {-1, kBertTokens, kWidth}, {"N", "", ""}});
    return maker_.take();
  }

 private:
  std::string binary(const std::string& name, const std::string& op, const std::string& lhs, const std::string& rhs) {
    return maker_.add({name, op, {lhs, rhs}, {name + ".out"}, {}, {}});
  }

  std::string unsqueezed(const std::string& name, const std::string& from, std::int64_t axis) {
    maker_.constant(name + ".axes", integers({axis}));
    return maker_.add({name, "Unsqueeze", {from, name + ".axes"}, {name + ".out"}, {}, {}});
  }

  std::string reshaped(const std::string& name, const std::string& from, const Ints& shape) {
    maker_.constant(name + ".shape", integers(shape));
    return maker_.add({name, "Reshape", {from, name + ".shape"}, {name + ".out"}, {}, {}});
  }

  std::string transposed(const std::string& name, const std::string& from, const Ints& perm) {
    return maker_.add({name, "Transpose", {from}, {name + ".out"}, {{"perm", perm}}, {}});
  }

  std::string linear(const std::string& name, const std::string& from, std::int64_t in, std::int64_t out) {
    maker_.random_constant(name + ".weight", {in, out}, std::sqrt(1.0F / static_cast<float>(in)));
    maker_.random_constant(name + ".bias", {out}, 0.1F);
    const auto product = binary(name + ".matmul", "MatMul", from, name + ".weight");
    return binary(name + ".add", "Add", name + ".bias", product);
  }

  std::string mean(const std::string& name, const std::string& from) {
    return maker_.add({name, "ReduceMean", {from}, {name + ".out"}, {{"axes", Ints{-1}}}, {}});
  }

  std::string normalised(const std::string& name, const std::string& from) {
    maker_.random_constant(name + ".weight", {kWidth}, 1.0F);
    maker_.random_constant(name + ".bias", {kWidth}, 0.1F);
    const auto centred = binary(name + ".sub", "Sub", from, mean(name + ".mean", from));
    const auto square = binary(name + ".pow", "Pow", centred, maker_.number(name + ".two", 2.0F));
    const auto variance = mean(name + ".mean_1", square);
    const auto positive = binary(name + ".add", "Add", variance, maker_.number(name + ".epsilon", 1e-12F));
    const auto deviation = maker_.add({name + ".sqrt", "Sqrt", {positive}, {name + ".sqrt.out"}, {}, {}});
    const auto unit = binary(name + ".div", "Div", centred, deviation);
    return binary(name + ".add_1", "Add", binary(name + ".mul", "Mul", unit, name + ".weight"), name + ".bias");
  }

  std::string gelu(const std::string& name, const std::string& from) {
    const auto scaled = binary(name + ".div", "Div", from, maker_.number(name + ".root", std::sqrt(2.0F)));
    const auto erf = maker_.add({name + ".erf", "Erf", {scaled}, {name + ".erf.out"}, {}, {}});
    const auto gate = binary(name + ".add", "Add", erf, maker_.number(name + ".one", 1.0F));
    return binary(name + ".mul_1", "Mul", binary(name + ".mul", "Mul", from, gate),
                  maker_.number(name + ".half", 0.5F));
  }

  std::string heads(const std::string& name, const std::string& from, const Ints& perm) {
    const auto apart = reshaped(name + ".reshape", linear(name, from, kWidth, kWidth), {0, 0, kHeads, kWidth / kHeads});
    return transposed(name + ".transpose", apart, perm);
  }

  std::string attention(const std::string& name, const std::string& from, const std::string& mask) {
    const auto queries = heads(name + ".query", from, {0, 2, 1, 3});
    const auto keys = heads(name + ".key", from, {0, 2, 3, 1});
    const auto values = heads(name + ".value", from, {0, 2, 1, 3});
    const auto products = binary(name + ".matmul", "MatMul", queries, keys);
    const auto root = maker_.number(name + ".root", std::sqrt(static_cast<float>(kWidth / kHeads)));
    const auto scores = binary(name + ".masked", "Add", binary(name + ".div", "Div", products, root), mask);
    const auto weights =
        maker_.add({name + ".softmax", "Softmax", {scores}, {name + ".softmax.out"}, {{"axis", std::int64_t{-1}}}, {}});
    const auto attended = binary(name + ".matmul_1", "MatMul", weights, values);
    return reshaped(name + ".reshape", transposed(name + ".transpose", attended, {0, 2, 1, 3}), {0, 0, kWidth});
  }

  GraphMaker maker_;
};

}  // namespace

Graph bert(std::uint32_t seed) {
  EncoderMaker encoder(seed);
  auto at = encoder.embeddings();
  const auto mask = encoder.mask();
  for (int number = 0; number < kLayers; ++number) at = encoder.layer("layer." + std::to_string(number), at, mask);
  return encoder.finished(at);
}

}  // namespace quantrail::bench
