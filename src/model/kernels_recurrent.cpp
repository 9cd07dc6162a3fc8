#include <algorithm>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/recurrence.h"

namespace quantrail {
namespace {

// Cells compute in double, states included; results are rounded once.

/// Weights of one direction, turned so that the lines of all gates are neighbours: [from][lines].
struct TurnedWeights {
  std::int64_t from = 0;
  std::int64_t lines = 0;
  std::vector<double> values{};
};

template <class T>
TurnedWeights turned(const Tensor& weights, std::int64_t direction) {
  TurnedWeights result{weights.shape[2], weights.shape[1], {}};
  result.values.reserve(static_cast<std::size_t>(result.from * result.lines));
  const T* first = weights.values<T>().data() + direction * result.from * result.lines;
  for (std::int64_t k = 0; k < result.from; ++k)
    for (std::int64_t line = 0; line < result.lines; ++line)
      result.values.push_back(static_cast<double>(first[line * result.from + k]));
  return result;
}

/// sums[line] += x * weights, for lines [first, end).
template <class X>
void add_product(const X* x, const TurnedWeights& weights, std::int64_t first, std::int64_t end, double* sums) {
  for (std::int64_t k = 0; k < weights.from; ++k) {
    const double* row = weights.values.data() + k * weights.lines;
    const auto factor = static_cast<double>(x[k]);
    for (auto line = first; line < end; ++line) sums[line] += factor * row[line];
  }
}

/// One direction of one node.
struct Cell {
  const Recurrence& recurrence;
  std::span<const CellActivation> activations{};
  TurnedWeights input{};
  TurnedWeights hidden{};
  std::vector<double> input_bias{};   ///< per line; zeros when left out
  std::vector<double> hidden_bias{};  ///< per line
  std::vector<double> peepholes{};    ///< LSTM: of the gates i, o, f; zeros when left out

  [[nodiscard]] double activated(std::size_t which, double x) const {
    const double clip = recurrence.clip;
    return activations[which](clip > 0.0 ? std::clamp(x, -clip, clip) : x);
  }
};

/// What a sample carries from step to step; `lines` and `more` are scratch.
struct CellState {
  std::vector<double> h{};
  std::vector<double> c{};
  std::vector<double> lines{};
  std::vector<double> more{};
};

/// lines = x * W + biases, for all gates.
template <class T>
void start_step(const Cell& cell, const T* x, CellState& state) {
  std::copy(cell.input_bias.begin(), cell.input_bias.end(), state.lines.begin());
  add_product(x, cell.input, 0, cell.input.lines, state.lines.data());
}

void add_hidden(const Cell& cell, std::int64_t first, std::int64_t end, CellState& state) {
  for (auto line = first; line < end; ++line)
    state.lines[static_cast<std::size_t>(line)] += cell.hidden_bias[static_cast<std::size_t>(line)];
  add_product(state.h.data(), cell.hidden, first, end, state.lines.data());
}

void rnn_step(const Cell& cell, CellState& state) {
  add_hidden(cell, 0, cell.hidden.lines, state);
  for (std::size_t unit = 0; unit < state.h.size(); ++unit) state.h[unit] = cell.activated(0, state.lines[unit]);
}

/// Gates in the order z, r, h.
void gru_step(const Cell& cell, bool linear_before_reset, CellState& state) {
  const auto units = static_cast<std::int64_t>(state.h.size());
  const auto size = state.h.size();
  add_hidden(cell, 0, 2 * units, state);
  double* z = state.lines.data();
  double* r = z + size;
  double* candidate = r + size;
  for (std::size_t gate = 0; gate < 2 * size; ++gate) z[gate] = cell.activated(0, z[gate]);
  std::fill(state.more.begin(), state.more.end(), 0.0);
  if (linear_before_reset) {
    add_product(state.h.data(), cell.hidden, 2 * units, 3 * units, state.more.data());
    for (std::size_t unit = 0; unit < size; ++unit)
      candidate[unit] += r[unit] * (state.more[2 * size + unit] + cell.hidden_bias[2 * size + unit]);
  } else {
    std::vector<double> reset(size);
    for (std::size_t unit = 0; unit < size; ++unit) reset[unit] = r[unit] * state.h[unit];
    add_product(reset.data(), cell.hidden, 2 * units, 3 * units, state.more.data());
    for (std::size_t unit = 0; unit < size; ++unit)
      candidate[unit] += state.more[2 * size + unit] + cell.hidden_bias[2 * size + unit];
  }
  for (std::size_t unit = 0; unit < size; ++unit)
    state.h[unit] = (1.0 - z[unit]) * cell.activated(1, candidate[unit]) + z[unit] * state.h[unit];
}

/// Gates in the order i, o, f, c.
void lstm_step(const Cell& cell, bool coupled, CellState& state) {
  const auto size = state.h.size();
  add_hidden(cell, 0, cell.hidden.lines, state);
  const double* lines = state.lines.data();
  const double* peepholes = cell.peepholes.data();
  for (std::size_t unit = 0; unit < size; ++unit) {
    double& c = state.c[unit];
    const double i = cell.activated(0, lines[unit] + peepholes[unit] * c);
    const double f = coupled ? 1.0 - i : cell.activated(0, lines[2 * size + unit] + peepholes[2 * size + unit] * c);
    c = f * c + i * cell.activated(1, lines[3 * size + unit]);
    const double o = cell.activated(0, lines[size + unit] + peepholes[size + unit] * c);
    // As in ONNX Runtime, clipping leaves the cell state alone.
    state.h[unit] = o * cell.activations[2](c);
  }
}

template <class T>
std::vector<double> part(const KernelCall& call, std::size_t input, std::int64_t first, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count), 0.0);
  if (!call.has(input)) return values;
  const T* from = call.input(input).values<T>().data() + first;
  std::copy_n(from, count, values.begin());
  return values;
}

template <class T>
Cell cell_of(const KernelCall& call, const Recurrence& r, std::int64_t direction) {
  const auto lines = r.gates * r.hidden;
  const auto each = r.activations_each();
  Cell cell{r, std::span(r.activations).subspan(static_cast<std::size_t>(direction) * each, each)};
  cell.input = turned<T>(call.input(1), direction);
  cell.hidden = turned<T>(call.input(2), direction);
  cell.input_bias = part<T>(call, 3, direction * 2 * lines, lines);
  cell.hidden_bias = part<T>(call, 3, direction * 2 * lines + lines, lines);
  cell.peepholes = part<T>(call, 7, direction * 3 * r.hidden, 3 * r.hidden);
  return cell;
}

/// Offsets into X, Y and the states for one sample and direction.
struct Places {
  const Recurrence& r;
  std::int64_t sample = 0;
  std::int64_t direction = 0;

  [[nodiscard]] std::int64_t x(std::int64_t step) const {
    return (r.batch_first ? sample * r.steps + step : step * r.batch + sample) * r.input;
  }
  [[nodiscard]] std::int64_t y(std::int64_t step) const {
    const auto directions = r.directions();
    if (r.batch_first) return ((sample * r.steps + step) * directions + direction) * r.hidden;
    return ((step * directions + direction) * r.batch + sample) * r.hidden;
  }
  [[nodiscard]] std::int64_t state() const {
    return (r.batch_first ? sample * r.directions() + direction : direction * r.batch + sample) * r.hidden;
  }
};

template <class T>
void put(const KernelCall& call, std::size_t output, std::int64_t first, const std::vector<double>& values) {
  if (output >= call.outputs.size()) return;
  T* to = call.outputs[output].values<T>().data() + first;
  std::transform(values.begin(), values.end(), to, [](double value) { return static_cast<T>(value); });
}

/// One sample in one direction. Steps from `length` on are padding: their results stay zero.
template <class T>
void run_sample(const KernelCall& call, const Cell& cell, const Places& at, std::int64_t length) {
  const Recurrence& r = cell.recurrence;
  const bool backwards = at.direction == 1 || r.direction == Recurrence::Direction::Reverse;
  const bool option = call.view.integer(r.gates == 3 ? "linear_before_reset" : "input_forget", 0) != 0;
  const auto lines = static_cast<std::size_t>(r.gates * r.hidden);
  CellState state{part<T>(call, 5, at.state(), r.hidden), part<T>(call, 6, at.state(), r.hidden),
                  std::vector<double>(lines), std::vector<double>(lines)};
  const T* x = call.input(0).values<T>().data();
  for (std::int64_t step = 0; step < length; ++step) {
    const auto position = backwards ? length - 1 - step : step;
    start_step(cell, x + at.x(position), state);
    if (r.gates == 4) lstm_step(cell, option, state);
    if (r.gates == 3) gru_step(cell, option, state);
    if (r.gates == 1) rnn_step(cell, state);
    put<T>(call, 0, at.y(position), state.h);
  }
  put<T>(call, 1, at.state(), state.h);
  if (r.gates == 4) put<T>(call, 2, at.state(), state.c);
}

Result<std::vector<std::int64_t>> lengths_of(const KernelCall& call, const Recurrence& r) {
  if (!call.has(4)) return std::vector<std::int64_t>(static_cast<std::size_t>(r.batch), r.steps);
  auto lengths = integers_of(call.input(4));
  for (const auto length : lengths) {
    if (length < 0 || length > r.steps)
      return fail(Cause::InvalidInput, "a sequence of {} in {} steps", length, r.steps);
  }
  return lengths;
}

Status recurrent(const KernelCall& call) {
  const auto r = recurrence_of(call.view);
  if (!r) return failed(r);
  const auto lengths = lengths_of(call, *r);
  if (!lengths) return failed(lengths);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for (std::int64_t direction = 0; direction < r->directions(); ++direction) {
      const auto cell = cell_of<T>(call, *r, direction);
      for (std::int64_t sample = 0; sample < r->batch; ++sample)
        run_sample<T>(call, cell, {*r, sample, direction}, (*lengths)[static_cast<std::size_t>(sample)]);
    }
    return {};
  });
}

}  // namespace

void add_recurrent_kernels(Kernels& kernels) {
  for (const auto op : {"LSTM", "GRU", "RNN"}) kernels[op] = recurrent;
}

}  // namespace quantrail
