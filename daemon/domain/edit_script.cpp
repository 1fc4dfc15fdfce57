#include "daemon/domain/edit_script.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <unordered_map>

namespace kvmtune::domain {

namespace {

using Position = std::ptrdiff_t;
constexpr Position horizon =
    3;  // lines of the common start and end that take part: as many as a diff shows around changes

std::size_t at(Position index) {
    return static_cast<std::size_t>(index);
}

/// One text while it is compared: equal lines have equal numbers. Changed has a place before the first and one behind
/// the last.
struct Side {
    std::vector<int> lines;
    std::vector<char> changed;

    [[nodiscard]] Position size() const { return static_cast<Position>(lines.size()); }
    [[nodiscard]] int line(Position i) const { return lines[at(i)]; }
    [[nodiscard]] char &mark(Position i) { return changed[at(i + 1)]; }
};

/// The lines of a text that can have a partner in the other, and where they stand.
struct Candidates {
    std::vector<int> lines;
    std::vector<Position> places;
};

/// How often each line number comes.
std::vector<Position> counts_of(const Side &side, std::size_t numbers) {
    std::vector<Position> counts(numbers);
    for (const int line : side.lines) ++counts[static_cast<std::size_t>(line)];
    return counts;
}

/// Doubles start for every factor of four in number: start * sqrt(number), roughly.
Position grown(Position start, Position number) {
    while ((number /= 4) > 0) start *= 2;
    return start;
}

enum class Fate : char { kept, alone, frequent };

/// Within a run of lines that starts and ends with one that has no partner, decides which frequent lines stay in it.
class Run {
  public:
    Run(std::vector<Fate> &fates, Position first, Position size) : fates_(fates), first_(first), size_(size) {}

    void thin_out() {
        const Position frequent = std::count(fates_.begin() + first_, fates_.begin() + first_ + size_, Fate::frequent);
        if (frequent * 4 > size_) {
            for (Position i = 0; i < size_; ++i) keep_frequent(i);
            return;
        }
        keep_streaks(grown(1, size_ / 4) + 1);
        keep_at_edge([](Position i) { return i; });
        keep_at_edge([this](Position i) { return size_ - 1 - i; });
    }

  private:
    Fate &fate(Position i) { return fates_[at(first_ + i)]; }
    void keep_frequent(Position i) {
        if (fate(i) == Fate::frequent) fate(i) = Fate::kept;
    }
    void keep_streaks(Position length) {
        for (Position i = 0; i < size_;) {
            Position end = i;
            while (end < size_ && fate(end) == Fate::frequent) ++end;
            if (end - i >= length) std::for_each(&fate(i), &fate(i) + (end - i), [](Fate &each) { each = Fate::kept; });
            i = std::max(end, i + 1);
        }
    }
    /// From an edge of the run inwards until three in a row, or one behind the eighth, have no partner.
    template <class Place>
    void keep_at_edge(Place place) {
        int in_a_row = 0;
        for (Position i = 0; i < size_ && in_a_row < 3; ++i) {
            const Position here = place(i);
            if (i >= 8 && fate(here) == Fate::alone) return;
            in_a_row = fate(here) == Fate::alone ? in_a_row + 1 : 0;
            keep_frequent(here);
        }
    }

    std::vector<Fate> &fates_;
    Position first_;
    Position size_;
};

/// Lines without a partner are changes; lines with very many partners among such lines are taken for changes as well.
std::vector<Fate> fates_of(const Side &side, const std::vector<Position> &partners) {
    const Position many = grown(5, side.size() / 64);
    std::vector<Fate> fates(side.lines.size(), Fate::kept);
    for (Position i = 0; i < side.size(); ++i) {
        const Position found = partners[static_cast<std::size_t>(side.line(i))];
        fates[at(i)] = found == 0 ? Fate::alone : found > many ? Fate::frequent : Fate::kept;
    }
    for (Position i = 0; i < side.size();) {
        if (fates[at(i)] != Fate::alone) {
            fates[at(i++)] = Fate::kept;
            continue;
        }
        Position end = i;
        while (end < side.size() && fates[at(end)] != Fate::kept) ++end;
        const Position behind = end;
        while (fates[at(end - 1)] == Fate::frequent) fates[at(--end)] = Fate::kept;
        Run(fates, i, end - i).thin_out();
        i = behind;
    }
    return fates;
}

Candidates candidates_of(Side &side, const std::vector<Position> &partners) {
    const std::vector<Fate> fates = fates_of(side, partners);
    Candidates out;
    for (Position i = 0; i < side.size(); ++i) {
        if (fates[at(i)] != Fate::kept) {
            side.mark(i) = 1;
            continue;
        }
        out.lines.push_back(side.line(i));
        out.places.push_back(i);
    }
    return out;
}

/// Myers' search in linear space.
class Search {
  public:
    Search(Side &left, Side &right, const Candidates &x, const Candidates &y)
        : left_(left), right_(right), x_(x), y_(y), shift_(static_cast<Position>(y.lines.size()) + 1) {
        forward_.resize(x.lines.size() + y.lines.size() + 3);
        backward_.resize(forward_.size());
    }

    void run() { compare({0, static_cast<Position>(x_.lines.size()), 0, static_cast<Position>(y_.lines.size())}); }

  private:
    struct Box {
        Position x_begin, x_end, y_begin, y_end;
    };
    struct Point {
        Position x, y;
    };
    struct Range {
        Position low, high;

        /// One diagonal more at each end, or one less where there is none.
        void widen(Position lowest, Position highest, std::vector<Position> &reach, Position shift, Position outside) {
            if (low > lowest) {
                reach[at(--low - 1 + shift)] = outside;
            } else {
                ++low;
            }
            if (high < highest) {
                reach[at(++high + 1 + shift)] = outside;
            } else {
                --high;
            }
        }
        [[nodiscard]] bool contains(Position diagonal) const { return low <= diagonal && diagonal <= high; }
    };

    [[nodiscard]] bool same(Position x, Position y) const { return x_.lines[at(x)] == y_.lines[at(y)]; }
    [[nodiscard]] Position &forward(Position diagonal) { return forward_[at(diagonal + shift_)]; }
    [[nodiscard]] Position &backward(Position diagonal) { return backward_[at(diagonal + shift_)]; }
    void compare(Box box);
    Point middle(const Box &box);
    Position step_forward(const Box &box, Position diagonal);
    Position step_backward(const Box &box, Position diagonal);

    Side &left_;
    Side &right_;
    const Candidates &x_;
    const Candidates &y_;
    Position shift_;
    std::vector<Position> forward_;
    std::vector<Position> backward_;
};

void Search::compare(Box box) {
    while (box.x_begin < box.x_end && box.y_begin < box.y_end && same(box.x_begin, box.y_begin)) {
        ++box.x_begin;
        ++box.y_begin;
    }
    while (box.x_begin < box.x_end && box.y_begin < box.y_end && same(box.x_end - 1, box.y_end - 1)) {
        --box.x_end;
        --box.y_end;
    }
    if (box.x_begin == box.x_end) {
        for (Position y = box.y_begin; y < box.y_end; ++y) right_.mark(y_.places[at(y)]) = 1;
    } else if (box.y_begin == box.y_end) {
        for (Position x = box.x_begin; x < box.x_end; ++x) left_.mark(x_.places[at(x)]) = 1;
    } else {
        const Point point = middle(box);
        compare({box.x_begin, point.x, box.y_begin, point.y});
        compare({point.x, box.x_end, point.y, box.y_end});
    }
}

Position Search::step_forward(const Box &box, Position diagonal) {
    const Position below = forward(diagonal - 1);
    const Position above = forward(diagonal + 1);
    Position x = below < above ? above : below + 1;
    while (x < box.x_end && x - diagonal < box.y_end && same(x, x - diagonal)) ++x;
    return forward(diagonal) = x;
}

Position Search::step_backward(const Box &box, Position diagonal) {
    const Position below = backward(diagonal - 1);
    const Position above = backward(diagonal + 1);
    Position x = below < above ? below : above - 1;
    while (x > box.x_begin && x - diagonal > box.y_begin && same(x - 1, x - 1 - diagonal)) --x;
    return backward(diagonal) = x;
}

/// A point that a shortest script passes: where the searches from both ends meet.
Search::Point Search::middle(const Box &box) {
    const Position lowest = box.x_begin - box.y_end;
    const Position highest = box.x_end - box.y_begin;
    Range ahead{box.x_begin - box.y_begin, box.x_begin - box.y_begin};
    Range behind{box.x_end - box.y_end, box.x_end - box.y_end};
    const bool odd = ((ahead.low - behind.low) & 1) != 0;
    forward(ahead.low) = box.x_begin;
    backward(behind.low) = box.x_end;
    for (;;) {
        ahead.widen(lowest, highest, forward_, shift_, -1);
        for (Position d = ahead.high; d >= ahead.low; d -= 2) {
            const Position x = step_forward(box, d);
            if (odd && behind.contains(d) && backward(d) <= x) return {x, x - d};
        }
        behind.widen(lowest, highest, backward_, shift_, std::numeric_limits<Position>::max());
        for (Position d = behind.high; d >= behind.low; d -= 2) {
            const Position x = step_backward(box, d);
            if (!odd && ahead.contains(d) && x <= forward(d)) return {x, x - d};
        }
    }
}

/// Slides each run of changes of one text: back to join earlier runs, then on as far as it goes, and back again to the
/// last place where it stands beside a run of the other text.
class Slider {
  public:
    Slider(Side &side, Side &other) : side_(side), other_(other) {}

    void run();

  private:
    void slide_back();
    void slide_on();

    Side &side_;
    Side &other_;
    Position begin_ = 0;
    Position end_ = 0;
    Position beside_ = 0;   ///< the place in the other text that goes with end_
    Position partner_ = 0;  ///< the last end of the run beside a run of the other text; the size if there is none
};

void Slider::slide_back() {
    while (begin_ > 0 && side_.line(begin_ - 1) == side_.line(end_ - 1)) {
        side_.mark(--begin_) = 1;
        side_.mark(--end_) = 0;
        while (side_.mark(begin_ - 1) != 0) --begin_;
        do --beside_;
        while (other_.mark(beside_) != 0);
    }
}

void Slider::slide_on() {
    while (end_ != side_.size() && side_.line(begin_) == side_.line(end_)) {
        side_.mark(begin_++) = 0;
        side_.mark(end_++) = 1;
        while (side_.mark(end_) != 0) ++end_;
        for (++beside_; other_.mark(beside_) != 0; ++beside_) partner_ = end_;
    }
}

void Slider::run() {
    for (;;) {
        for (; end_ < side_.size() && side_.mark(end_) == 0; ++end_) {
            while (other_.mark(beside_++) != 0) {
            }
        }
        if (end_ == side_.size()) return;
        begin_ = end_;
        while (side_.mark(end_) != 0) ++end_;
        while (other_.mark(beside_) != 0) ++beside_;
        Position size = 0;
        do {
            size = end_ - begin_;
            slide_back();
            partner_ = other_.mark(beside_ - 1) != 0 ? end_ : side_.size();
            slide_on();
        } while (size != end_ - begin_);
        while (partner_ < end_) {
            side_.mark(--begin_) = 1;
            side_.mark(--end_) = 0;
            do --beside_;
            while (other_.mark(beside_) != 0);
        }
    }
}

/// The part of both texts that is compared: without the common start and end, but for the horizon.
struct Part {
    std::size_t start = 0;  ///< lines left out at the start of both
    std::size_t rest = 0;   ///< and at the end
};

Part part_of(const std::vector<std::string_view> &left, const std::vector<std::string_view> &right) {
    const std::size_t shorter = std::min(left.size(), right.size());
    Part part;
    while (part.start < shorter && left[part.start] == right[part.start]) ++part.start;
    part.start -= std::min(part.start, at(horizon));
    while (part.rest < shorter - part.start &&
           left[left.size() - 1 - part.rest] == right[right.size() - 1 - part.rest]) {
        ++part.rest;
    }
    part.rest -= std::min(part.rest, at(horizon));
    return part;
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

EditScript edit_script(const std::vector<std::string_view> &left, const std::vector<std::string_view> &right) {
    const Part part = part_of(left, right);
    std::unordered_map<std::string_view, int> numbers;
    const auto side_of = [&](const std::vector<std::string_view> &lines) {
        Side side;
        for (std::size_t i = part.start; i < lines.size() - part.rest; ++i) {
            side.lines.push_back(numbers.emplace(lines[i], static_cast<int>(numbers.size())).first->second);
        }
        side.changed.resize(side.lines.size() + 2);
        return side;
    };
    std::array<Side, 2> sides;
    sides[0] = side_of(left);
    sides[1] = side_of(right);
    const auto left_counts = counts_of(sides[0], numbers.size());
    const auto right_counts = counts_of(sides[1], numbers.size());
    const Candidates x = candidates_of(sides[0], right_counts);
    const Candidates y = candidates_of(sides[1], left_counts);
    Search(sides[0], sides[1], x, y).run();
    Slider(sides[0], sides[1]).run();
    Slider(sides[1], sides[0]).run();

    EditScript script{std::vector<char>(left.size()), std::vector<char>(right.size())};
    const auto offset = static_cast<Position>(part.start);
    std::copy(sides[0].changed.begin() + 1, sides[0].changed.end() - 1, script.removed.begin() + offset);
    std::copy(sides[1].changed.begin() + 1, sides[1].changed.end() - 1, script.added.begin() + offset);
    return script;
}

}  // namespace kvmtune::domain
