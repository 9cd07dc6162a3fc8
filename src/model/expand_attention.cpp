#include <cmath>
#include <limits>

#include "model/expanders.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

enum Input : std::size_t { kQ, kK, kV, kMask, kPastKey, kPastValue, kValidLength };
enum Output : std::size_t { kY, kPresentKey, kPresentValue, kScores };
/// What output kScores shows.
enum ScoreMode : std::int64_t { kProducts, kCapped, kMasked, kProbabilities };

constexpr std::int64_t kMostHeads = std::int64_t{1} << 16U;
constexpr float kOut = -std::numeric_limits<float>::infinity();

class Writer {
 public:
  explicit Writer(Expansion& e) : e_(e) {}

  Expanded written() {
    if (auto ok = take_heads(); !ok) return failed(ok);
    if (auto ok = check(); !ok) return failed(ok);
    q_ = by_heads(kQ, q_heads_);
    k_ = with_past(by_heads(kK, kv_heads_), kPastKey);
    v_ = with_past(by_heads(kV, kv_heads_), kPastValue);
    auto scores = product();
    if (!scores) return failed(scores);
    show(kProducts, *scores);
    *scores = capped(*scores);
    show(kCapped, *scores);
    *scores = masked(*scores);
    show(kMasked, *scores);
    const auto chances = probabilities(*scores);
    if (!chances) return failed(chances);
    show(kProbabilities, *chances);
    auto y = e_.compute("MatMul", {e_.cast_like(*chances, v_), repeated(v_)});
    y = e_.cast_like(y, q_);
    if (flat_) y = e_.reshaped(e_.transposed(y, {0, 2, 1, 3}), {0, 0, -1});
    return e_.results({y, k_, v_, shown_});
  }

 private:
  /// From inputs [batch, length, heads * size], whose attributes say the heads, or [batch, heads, length, size].
  Status take_heads() {
    q_heads_ = int_attribute(e_.node(), "q_num_heads", 0);
    kv_heads_ = int_attribute(e_.node(), "kv_num_heads", 0);
    const auto q = e_.shape(e_.input(kQ));
    const auto k = e_.shape(e_.input(kK));
    flat_ = q ? q->size() == 3 : q_heads_ > 0;
    for (const auto& shape : {q, k, e_.shape(e_.input(kV))}) {
      if (shape && shape->size() != (flat_ ? 3U : 4U))
        return fail(Cause::InvalidInput, "query, key and value must have three axes or four, all the same number");
    }
    if (!flat_ && q && (*q)[1] >= 0) q_heads_ = (*q)[1];
    if (!flat_ && k && (*k)[1] >= 0) kv_heads_ = (*k)[1];
    if (!flat_ && (q_heads_ < 1 || kv_heads_ < 1))
      return fail(Cause::Unsupported, "the number of its heads is open, a fixed one is needed");
    if (q_heads_ < 1 || kv_heads_ < 1)
      return fail(Cause::InvalidInput, "needs q_num_heads and kv_num_heads for inputs of three axes");
    if (q_heads_ > kMostHeads || q_heads_ % kv_heads_ != 0)
      return fail(Cause::InvalidInput, "{} heads of queries cannot share {} of keys", q_heads_, kv_heads_);
    return {};
  }

  [[nodiscard]] Status check() const {
    if (e_.has(kPastKey) != e_.has(kPastValue))
      return fail(Cause::InvalidInput, "past_key and past_value must be given together");
    if (e_.has(kValidLength) && e_.has(kPastKey))
      return fail(Cause::InvalidInput, "nonpad_kv_seqlen cannot be given beside past_key");
    if (e_.has(kMask) && !e_.type(e_.input(kMask)))
      return fail(Cause::Unsupported, "the element type of its mask cannot be told");
    const auto mode = int_attribute(e_.node(), "qk_matmul_output_mode", kProducts);
    if (mode < kProducts || mode > kProbabilities)
      return fail(Cause::InvalidInput, "qk_matmul_output_mode {} is none, 0 to 3 are", mode);
    return {};
  }

  std::string by_heads(std::size_t input, std::int64_t heads) {
    if (!flat_) return e_.input(input);
    return e_.transposed(e_.reshaped(e_.input(input), {0, 0, heads, -1}), {0, 2, 1, 3});
  }

  std::string with_past(const std::string& value, std::size_t past) {
    return e_.has(past) ? e_.add("Concat", {e_.input(past), value}, {{"axis", std::int64_t{2}}}) : value;
  }

  /// Heads of keys or values for the queries that share them.
  std::string repeated(const std::string& value) {
    if (q_heads_ == kv_heads_) return value;
    std::vector<std::int64_t> heads;
    for (std::int64_t head = 0; head < q_heads_; ++head) heads.push_back(head * kv_heads_ / q_heads_);
    return e_.add("Gather", {value, e_.integers(heads)}, {{"axis", std::int64_t{1}}});
  }

  /// The root of the scale, which goes to both sides so that products do not overflow.
  Result<std::string> factor() {
    const auto given = e_.node().attributes.find("scale");
    if (given != e_.node().attributes.end()) {
      const float scale = float_attribute(e_.node(), "scale", 0.0F);
      if (!(scale > 0.0F)) return fail(Cause::InvalidInput, "scale {} is not positive", scale);
      return e_.constant_like(std::sqrt(scale), q_);
    }
    const auto shape = e_.shape(q_);
    constexpr double kPower = -0.25;  // the root of 1 / root of the size
    if (shape && shape->back() > 0)
      return e_.constant_like(static_cast<float>(std::pow(static_cast<double>(shape->back()), kPower)), q_);
    constexpr std::int64_t kFloat32 = 1;  // as ONNX numbers element types
    const auto size = e_.add("Cast", {e_.size(q_, 3)}, {{"to", kFloat32}});
    const auto root = e_.add("Sqrt", {e_.add("Sqrt", {e_.add("Reciprocal", {size})})});
    return e_.add("CastLike", {root, q_});
  }

  Result<std::string> product() {
    const auto root = factor();
    if (!root) return root;
    const auto q = e_.add("Mul", {q_, *root});
    const auto k = e_.add("Mul", {e_.transposed(e_.cast_like(k_, q_), {0, 1, 3, 2}), *root});
    return e_.add("MatMul", {q, repeated(k)});
  }

  std::string capped(const std::string& scores) {
    const float cap = float_attribute(e_.node(), "softcap", 0.0F);
    if (!(cap > 0.0F)) return scores;
    const auto limit = e_.constant_like(cap, q_);
    return e_.add("Mul", {e_.add("Tanh", {e_.add("Div", {scores, limit})}), limit});
  }

  void show(ScoreMode mode, const std::string& value) {
    if (int_attribute(e_.node(), "qk_matmul_output_mode", kProducts) != mode) return;
    shown_ = e_.wants(kScores) ? e_.cast_like(value, q_) : value;
  }

  std::string masked(const std::string& scores) {
    std::string allowed;
    const auto allow = [&](const std::string& value) {
      allowed = allowed.empty() ? value : e_.add("And", {allowed, value});
    };
    auto result = scores;
    if (e_.has(kMask)) {
      const auto mask = as_long_as_keys(e_.input(kMask));
      if (e_.type(e_.input(kMask)) == ElementType::Bool)
        allow(mask);
      else
        result = e_.add("Add", {scores, e_.cast_like(mask, q_)});
    }
    if (int_attribute(e_.node(), "is_causal", 0) != 0) allow(not_later());
    if (e_.has(kValidLength)) allow(e_.add("Less", {key_numbers(), lengths()}));
    if (allowed.empty()) return result;
    return e_.add("Add", {result, e_.add("Where", {allowed, e_.constant_like(0, q_), e_.constant_like(kOut, q_)})});
  }

  /// A mask may end before the keys do, which leaves the others out.
  std::string as_long_as_keys(const std::string& mask) {
    const auto shape = e_.shape(mask);
    const auto keys = e_.shape(k_);
    if (!shape || shape->empty() || !keys || shape->back() < 0 || (*keys)[2] <= shape->back()) return mask;
    std::vector<std::int64_t> pads(2 * shape->size(), 0);
    pads.back() = (*keys)[2] - shape->back();
    if (e_.type(mask) != ElementType::Bool)
      return e_.add("Pad", {mask, e_.integers(pads), e_.constant_like(kOut, mask)});
    const auto out = e_.add("CastLike", {e_.integer(0), mask});
    return e_.add("Pad", {mask, e_.integers(pads), out});
  }

  std::string numbers(const std::string& count) { return e_.add("Range", {e_.integer(0), count, e_.integer(1)}); }
  std::string key_numbers() { return numbers(e_.size(k_, 2)); }
  /// How many keys of each sample count, as [batch, 1, 1, 1].
  std::string lengths() { return e_.reshaped(e_.input(kValidLength), {-1, 1, 1, 1}); }

  /// Whether a key is no later than the query: the last query is at the last key that counts, but without a past both
  /// start together.
  std::string not_later() {
    const auto queries = e_.size(q_, 2);
    auto last = e_.unsqueezed(numbers(queries), 1);
    if (e_.has(kPastKey)) last = e_.add("Add", {last, e_.size(e_.input(kPastKey), 2)});
    if (e_.has(kValidLength)) last = e_.add("Add", {last, e_.add("Sub", {lengths(), queries})});
    return e_.add("LessOrEqual", {key_numbers(), last});
  }

  /// Of a query that may see no key, all are 0, as in ONNX Runtime.
  Result<std::string> probabilities(const std::string& scores) {
    const auto number = int_attribute(e_.node(), "softmax_precision", 0);
    const auto precision = number == 0 ? Result<ElementType>(ElementType::Float32) : element_type_numbered(number);
    if (!precision) return failed(precision, "softmax_precision");
    if (!is_float(*precision)) return fail(Cause::InvalidInput, "softmax_precision {} is no type of floats", number);
    const bool same = number == 0 || e_.type(scores) == *precision;
    const auto exact = same ? scores : e_.add("Cast", {scores}, {{"to", number}});
    auto result = e_.add("Softmax", {exact}, {{"axis", std::int64_t{-1}}});
    if (!same) result = e_.add("CastLike", {result, q_});
    if (!e_.has(kMask) && !e_.has(kValidLength)) return result;
    return e_.add("Where", {e_.add("IsNaN", {result}), e_.constant_like(0, q_), result});
  }

  Expansion& e_;
  bool flat_ = false;
  std::int64_t q_heads_ = 0;
  std::int64_t kv_heads_ = 0;
  std::string q_{};  ///< [batch, heads, length, size], as the next two
  std::string k_{};
  std::string v_{};
  std::string shown_{};
};

Expanded attention(Expansion& e) { return Writer(e).written(); }

}  // namespace

void add_attention_expanders(Expanders& expanders) { expanders["Attention"] = {attention, 3, 4}; }

}  // namespace quantrail
