mod pos;
