#include "runtime/kernels_recurrent.h"

#include <algorithm>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

using Size = std::size_t;

void applied(const Unary& function, float clip, std::span<float> values) {
  if (clip > 0.0F) unary({UnaryOp::Clip, -clip, clip}, values, values);
  unary(function, values, values);
}

QUANTRAIL_CLONES void add_rows(const float* more, Size count, float* values) {
  QUANTRAIL_INDEPENDENT
  for (Size i = 0; i < count; ++i) values[i] += more[i];
}

QUANTRAIL_CLONES void add_products(const float* a, const float* b, Size count, float* values) {
  QUANTRAIL_INDEPENDENT
  for (Size i = 0; i < count; ++i) values[i] += a[i] * b[i];
}

QUANTRAIL_CLONES void products(const float* a, const float* b, Size count, float* values) {
  QUANTRAIL_INDEPENDENT
  for (Size i = 0; i < count; ++i) values[i] = a[i] * b[i];
}

QUANTRAIL_CLONES void complement(const float* a, Size count, float* values) {
  QUANTRAIL_INDEPENDENT
  for (Size i = 0; i < count; ++i) values[i] = 1.0F - a[i];
}

/// c = f * c + i * candidate.
QUANTRAIL_CLONES void remember(const float* f, const float* i, const float* candidate, Size count, float* c) {
  QUANTRAIL_INDEPENDENT
  for (Size at = 0; at < count; ++at) c[at] = f[at] * c[at] + i[at] * candidate[at];
}

/// h = (1 - z) * candidate + z * h.
QUANTRAIL_CLONES void blend(const float* z, const float* candidate, Size count, float* h) {
  QUANTRAIL_INDEPENDENT
  for (Size at = 0; at < count; ++at) h[at] = (1.0F - z[at]) * candidate[at] + z[at] * h[at];
}

}  // namespace

void accumulate(std::span<float> values, std::span<const float> more) {
  add_rows(more.data(), values.size(), values.data());
}

void lstm_cell(const CellFunctions& functions, std::span<const float> peepholes, bool coupled, std::span<float> lines,
               std::span<float> c, std::span<float> h) {
  const Size size = c.size();
  const auto i = lines.subspan(0, size);
  const auto o = lines.subspan(size, size);
  const auto f = lines.subspan(2 * size, size);
  const auto candidate = lines.subspan(3 * size, size);
  const bool peeks = !peepholes.empty();
  if (peeks) {
    add_products(peepholes.data(), c.data(), size, i.data());
    add_products(peepholes.data() + 2 * size, c.data(), size, f.data());
    applied(functions.gates, functions.clip, i);
    applied(functions.gates, functions.clip, f);
  } else {
    applied(functions.gates, functions.clip, lines.subspan(0, 3 * size));
  }
  if (coupled) complement(i.data(), size, f.data());
  applied(functions.candidate, functions.clip, candidate);
  remember(f.data(), i.data(), candidate.data(), size, c.data());
  if (peeks) {
    add_products(peepholes.data() + size, c.data(), size, o.data());
    applied(functions.gates, functions.clip, o);
  }
  std::copy(c.begin(), c.end(), i.begin());
  applied(functions.state, 0.0F, i);
  products(o.data(), i.data(), size, h.data());
}

void gru_gates(const CellFunctions& functions, std::span<float> lines, std::span<const float> h,
               std::span<float> reset) {
  applied(functions.gates, functions.clip, lines.first(2 * h.size()));
  products(lines.data() + h.size(), h.data(), h.size(), reset.data());
}

void gru_cell(const CellFunctions& functions, std::span<const float> z, std::span<float> sums, std::span<float> h) {
  applied(functions.candidate, functions.clip, sums);
  blend(z.data(), sums.data(), h.size(), h.data());
}

void gru_reset(std::span<const float> r, std::span<const float> linear, std::span<float> sums) {
  add_products(r.data(), linear.data(), sums.size(), sums.data());
}

void rnn_cell(const CellFunctions& functions, std::span<float> lines, std::span<float> h) {
  applied(functions.gates, functions.clip, lines);
  std::copy(lines.begin(), lines.end(), h.begin());
}

}  // namespace quantrail::kernels
