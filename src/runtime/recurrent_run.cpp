#include "runtime/recurrent_run.h"

#include <algorithm>

namespace quantrail {
namespace {

class Run {
 public:
  Run(std::shared_ptr<const RecurrentJob> job, const RecurrentOperands& at)
      : job_(std::move(job)), at_(at), r_(job_->shape), gates_(r_.gates * r_.hidden) {
    for (const auto& direction : job_->directions) {
      products_.push_back(bound(*direction.hidden, at_.h));
      // The reset state lies where the products of z and r were, which are used up by then.
      candidates_.push_back(direction.candidate ? bound(*direction.candidate, at_.products + r_.batch * gates_)
                                                : Action{});
    }
    lengths_.assign(static_cast<std::size_t>(r_.batch), r_.steps);
  }

  Status operator()() {
    if (at_.lengths != nullptr) {
      std::copy_n(at_.lengths, r_.batch, lengths_.begin());
      for (const auto length : lengths_) {
        if (length < 0 || length > r_.steps)
          return fail(Cause::InvalidInput, "{}: a sequence of {} in {} steps", job_->where, length, r_.steps);
      }
      if (at_.y != nullptr) std::fill_n(at_.y, r_.steps * r_.directions() * r_.batch * r_.hidden, 0.0F);
    }
    for (std::size_t direction = 0; direction < job_->directions.size(); ++direction) {
      if (auto done = run(direction); !done) return done;
    }
    return {};
  }

 private:
  [[nodiscard]] Action bound(const Linear& linear, const float* source) const {
    return linear.bound(
        {reinterpret_cast<const std::byte*>(source), nullptr, reinterpret_cast<std::byte*>(at_.products), at_.scratch});
  }

  [[nodiscard]] std::span<float> of_sample(float* first, std::int64_t sample, std::int64_t size) const {
    return {first + sample * size, static_cast<std::size_t>(size)};
  }
  [[nodiscard]] std::int64_t state_at(std::int64_t sample, std::size_t direction) const {
    const auto d = static_cast<std::int64_t>(direction);
    return (r_.batch_first ? sample * r_.directions() + d : d * r_.batch + sample) * r_.hidden;
  }
  [[nodiscard]] std::int64_t y_at(std::int64_t sample, std::size_t direction, std::int64_t step) const {
    const auto d = static_cast<std::int64_t>(direction);
    if (r_.batch_first) return ((sample * r_.steps + step) * r_.directions() + d) * r_.hidden;
    return ((step * r_.directions() + d) * r_.batch + sample) * r_.hidden;
  }

  void start(std::size_t direction) {
    for (std::int64_t sample = 0; sample < r_.batch; ++sample) {
      const auto from = state_at(sample, direction);
      const auto take = [&](const float* initial, float* state) {
        if (initial != nullptr)
          std::copy_n(initial + from, r_.hidden, state + sample * r_.hidden);
        else
          std::fill_n(state + sample * r_.hidden, r_.hidden, 0.0F);
      };
      take(at_.initial_h, at_.h);
      if (r_.gates == 4) take(at_.initial_c, at_.c);
    }
  }

  Status run(std::size_t direction) {
    start(direction);
    for (std::int64_t step = 0; step < r_.steps; ++step) {
      if (auto done = products_[direction](); !done) return done;
      begin_step(direction, step);
      if (candidates_[direction]) {
        if (auto done = candidates_[direction](); !done) return done;
      }
      end_step(direction, step);
    }
    finish(direction);
    return {};
  }

  /// Calls `visit(sample, position in the sequence)` for the samples whose sequences have a step `step`.
  template <class F>
  void for_each_active(std::size_t direction, std::int64_t step, F visit) const {
    for (std::int64_t sample = 0; sample < r_.batch; ++sample) {
      const std::int64_t length = lengths_[static_cast<std::size_t>(sample)];
      if (step < length) visit(sample, job_->directions[direction].backwards ? length - 1 - step : step);
    }
  }

  /// Lines of a step: what the input gives plus what the state gives; and, for a GRU that resets before its product,
  /// the reset state.
  void begin_step(std::size_t direction, std::int64_t step) {
    const auto& d = job_->directions[direction];
    for_each_active(direction, step, [&](std::int64_t sample, std::int64_t position) {
      const auto row = r_.batch_first ? sample * r_.steps + position : position * r_.batch + sample;
      const auto lines = of_sample(at_.lines, sample, gates_);
      std::copy_n(at_.projected[direction] + row * gates_, gates_, lines.begin());
      const auto products = of_sample(at_.products, sample, d.candidate ? 2 * r_.hidden : gates_);
      if (r_.gates != 3) return kernels::accumulate(lines, products);
      const auto of_gates = static_cast<std::size_t>(2 * r_.hidden);
      kernels::accumulate(lines.first(of_gates), products.first(of_gates));
      kernels::gru_gates(d.functions, lines, of_sample(at_.h, sample, r_.hidden), reset(sample));
    });
  }

  [[nodiscard]] std::span<float> reset(std::int64_t sample) const {
    return of_sample(at_.products + r_.batch * gates_, sample, r_.hidden);
  }

  void end_step(std::size_t direction, std::int64_t step) {
    const auto& d = job_->directions[direction];
    for_each_active(direction, step, [&](std::int64_t sample, std::int64_t position) {
      const auto lines = of_sample(at_.lines, sample, gates_);
      const auto h = of_sample(at_.h, sample, r_.hidden);
      if (r_.gates == 4) {
        kernels::lstm_cell(d.functions, d.peepholes, job_->coupled, lines, of_sample(at_.c, sample, r_.hidden), h);
      } else if (r_.gates == 3) {
        end_gru(d, sample, lines, h);
      } else {
        kernels::rnn_cell(d.functions, lines, h);
      }
      if (at_.y != nullptr) std::copy(h.begin(), h.end(), at_.y + y_at(sample, direction, position));
    });
  }

  void end_gru(const RecurrentDirection& d, std::int64_t sample, std::span<float> lines, std::span<float> h) const {
    const auto size = h.size();
    const auto sums = lines.subspan(2 * size);
    if (d.candidate) {
      kernels::accumulate(sums, of_sample(at_.products, sample, r_.hidden));
    } else {
      kernels::gru_reset(lines.subspan(size, size), of_sample(at_.products, sample, gates_).subspan(2 * size), sums);
    }
    kernels::gru_cell(d.functions, lines.first(size), sums, h);
  }

  void finish(std::size_t direction) {
    for (std::int64_t sample = 0; sample < r_.batch; ++sample) {
      const auto to = state_at(sample, direction);
      if (at_.y_h != nullptr) std::copy_n(at_.h + sample * r_.hidden, r_.hidden, at_.y_h + to);
      if (at_.y_c != nullptr) std::copy_n(at_.c + sample * r_.hidden, r_.hidden, at_.y_c + to);
    }
  }

  std::shared_ptr<const RecurrentJob> job_;
  RecurrentOperands at_;
  const Recurrence& r_;
  std::int64_t gates_;
  std::vector<Action> products_{};
  std::vector<Action> candidates_{};
  std::vector<std::int64_t> lengths_{};
};

}  // namespace

Action recurrent_action(std::shared_ptr<const RecurrentJob> job, const RecurrentOperands& operands) {
  return Run(std::move(job), operands);
}

}  // namespace quantrail
