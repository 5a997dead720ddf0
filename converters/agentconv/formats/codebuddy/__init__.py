"""CodeBuddy."""
